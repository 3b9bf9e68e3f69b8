import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import type { LiveState } from "../../live/live-state.ts";
import { cameraWord } from "../../shell/camera-word.ts";
import { StateMark } from "../../shell/state-mark.tsx";
import classes from "./live.module.css";

interface TileStateProps {
  readonly camera: Camera;
  readonly status: CameraStatus | undefined;
  readonly state: LiveState;
}

/** Over the picture: which camera, whether it is recorded, and in which mode. */
export function TileState({ camera, status, state }: TileStateProps) {
  const { t } = useTranslation();
  // While it is tried again it is still away.
  const isAway = status?.connection === "connecting" && status.cause !== null;
  const shown = isAway ? { ...status, connection: "offline" as const } : status;
  const word = cameraWord(shown);
  const mode = camera.effective.recording.mode;
  const kind = status?.recording_kind ?? null;
  const converted = state.phase === "playing" && state.beginning?.converted === "video";
  return (
    <>
      {converted && <span className={classes.note}>{t("live.converted")}</span>}
      <div className={classes.state}>
        <span className={classes.name}>{camera.name}</span>
        <span className={classes.word}>
          <StateMark status={shown} />
          <span>{t(`live.state.${word}`)}</span>
          {word !== "disabled" && (
            <span className={classes.mode}>{t(kind === null ? `mode.${mode}` : `kind.${kind}`)}</span>
          )}
        </span>
      </div>
    </>
  );
}
