import { ActionIcon, Group, NavLink, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { Minus, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery } from "../../api/queries.ts";
import { StateMark } from "../../shell/state-mark.tsx";
import type { CameraBranch } from "./camera-order.ts";
import classes from "./camera-tree.module.css";
import { MOST_CAMERAS } from "./playback-search.ts";

interface CameraTreeProps {
  readonly tree: readonly CameraBranch[];
  readonly shownIds: readonly number[];
  readonly onShow: (cameraIds: readonly number[]) => void;
}

/** Groups with their cameras. Without any group it is a plain list. A camera is shown alone, or put beside those that are shown. */
export function CameraTree({ tree, shownIds, onShow }: CameraTreeProps) {
  const { t } = useTranslation();
  const isFlat = tree.every((branch) => branch.group === null);
  const hasOthers = tree.reduce((count, branch) => count + branch.cameras.length, 0) > 1;
  return (
    <nav aria-label={t("playback.cameras")} className={classes.tree}>
      {tree.map((branch) => {
        const leaves = branch.cameras.map((camera) => (
          <Group key={camera.id} gap={0} wrap="nowrap">
            <CameraLeaf camera={camera} shown={shownIds.includes(camera.id)} onShow={onShow} />
            {hasOthers && <BesideButton camera={camera} shownIds={shownIds} onShow={onShow} />}
          </Group>
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
  readonly shown: boolean;
  readonly onShow: (cameraIds: readonly number[]) => void;
}

function CameraLeaf({ camera, shown, onShow }: CameraLeafProps) {
  const { data: status } = useQuery(cameraStatusQuery(camera.id));
  return (
    <NavLink
      component="button"
      active={shown}
      aria-current={shown ? "true" : undefined}
      label={camera.name}
      leftSection={<StateMark status={status} withLabel />}
      className={classes.leaf ?? ""}
      onClick={() => onShow([camera.id])}
    />
  );
}

interface BesideButtonProps {
  readonly camera: Camera;
  readonly shownIds: readonly number[];
  readonly onShow: (cameraIds: readonly number[]) => void;
}

/** Puts a camera beside the others, or takes it out again; the last one stays. */
function BesideButton({ camera, shownIds, onShow }: BesideButtonProps) {
  const { t } = useTranslation();
  const shown = shownIds.includes(camera.id);
  const mayChange = shown ? shownIds.length > 1 : shownIds.length < MOST_CAMERAS;
  const label = t(shown ? "playback.takeOut" : "playback.putBeside", { name: camera.name });
  const change = () => onShow(shown ? shownIds.filter((id) => id !== camera.id) : [...shownIds, camera.id]);
  if (!mayChange) return <span className={classes.beside} />;
  return (
    <Tooltip label={label}>
      <ActionIcon className={classes.beside ?? ""} aria-label={label} onClick={change}>
        {shown ? <Minus size={16} /> : <Plus size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
