import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { useTranslation } from "react-i18next";
import type { PlayerState } from "../../player/player-state.ts";
import type { WallPlayer } from "../../player/wall-player.ts";
import classes from "./playback.module.css";
import { StageMessage } from "./stage-message.tsx";
import { StageNotice } from "./stage-notice.tsx";

interface StageProps {
  readonly camera: Camera;
  readonly zone: string;
  readonly player: WallPlayer | null;
  readonly state: PlayerState;
  readonly status: CameraStatus | undefined;
  readonly onWhy: (ms: number) => void;
  readonly videoRef: (video: HTMLVideoElement | null) => void;
}

/** The picture, and over it what a person must know about it. */
export function Stage({ camera, zone, player, state, status, onWhy, videoRef }: StageProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.stage}>
      {/* biome-ignore lint/a11y/useMediaCaption: surveillance footage has no captions */}
      <video
        ref={videoRef}
        className={classes.video}
        data-testid="player-video"
        data-phase={state.phase}
        aria-label={t("playback.video", { name: camera.name })}
        playsInline
        disablePictureInPicture
        onClick={() => player?.toggle()}
      />
      <StageMessage camera={camera} zone={zone} player={player} state={state} status={status} onWhy={onWhy} />
      <StageNotice notice={state.notice} zone={zone} onGone={() => player?.dismissNotice()} onWhy={onWhy} />
    </div>
  );
}
