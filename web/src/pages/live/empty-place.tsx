import { Button } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CameraMenu } from "./camera-menu.tsx";
import classes from "./live.module.css";

interface EmptyPlaceProps {
  readonly cameras: readonly Camera[];
  readonly onChoose: (camera: number | null) => void;
}

/** A place of the grid without a camera. */
export function EmptyPlace({ cameras, onChoose }: EmptyPlaceProps) {
  const { t } = useTranslation();
  return (
    <div className={`${classes.tile} ${classes.empty}`}>
      <CameraMenu cameras={cameras} onChoose={onChoose}>
        <Button variant="subtle" color="gray" leftSection={<Plus size={16} aria-hidden />}>
          {t("live.chooseCamera")}
        </Button>
      </CameraMenu>
    </div>
  );
}
