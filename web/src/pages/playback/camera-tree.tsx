import { NavLink } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery } from "../../api/queries.ts";
import { StateMark } from "../../shell/state-mark.tsx";
import type { CameraBranch } from "./camera-order.ts";
import classes from "./camera-tree.module.css";

interface CameraTreeProps {
  readonly tree: readonly CameraBranch[];
  readonly selectedId: number;
  readonly onSelect: (cameraId: number) => void;
}

/** Groups with their cameras. Without any group it is a plain list. */
export function CameraTree({ tree, selectedId, onSelect }: CameraTreeProps) {
  const { t } = useTranslation();
  const isFlat = tree.every((branch) => branch.group === null);
  return (
    <nav aria-label={t("playback.cameras")} className={classes.tree}>
      {tree.map((branch) => {
        const leaves = branch.cameras.map((camera) => (
          <CameraLeaf key={camera.id} camera={camera} selected={camera.id === selectedId} onSelect={onSelect} />
        ));
        if (isFlat) return leaves;
        return (
          <NavLink
            key={branch.group?.id ?? "none"}
            component="button"
            label={branch.group?.name ?? t("playback.ungrouped")}
            defaultOpened
            childrenOffset="sm"
            className={classes.group ?? ""}
          >
            {leaves}
          </NavLink>
        );
      })}
    </nav>
  );
}

interface CameraLeafProps {
  readonly camera: Camera;
  readonly selected: boolean;
  readonly onSelect: (cameraId: number) => void;
}

function CameraLeaf({ camera, selected, onSelect }: CameraLeafProps) {
  const { data: status } = useQuery(cameraStatusQuery(camera.id));
  return (
    <NavLink
      component="button"
      active={selected}
      aria-current={selected ? "true" : undefined}
      label={camera.name}
      leftSection={<StateMark status={status} withLabel />}
      className={classes.leaf ?? ""}
      onClick={() => onSelect(camera.id)}
    />
  );
}
