import type { Camera } from "@nightjar/api/camera";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LiveState } from "../../live/live-state.ts";
import { useLivePlayer } from "../../live/use-live-player.ts";
import type { PlayerGroup } from "../../player/player-group.ts";
import classes from "./playback.module.css";

/** What does not come right by itself in a moment. */
const FAILED: ReadonlySet<LiveState["phase"]> = new Set(["interrupted", "refused", "unplayable"]);

interface LivePictureProps {
  readonly camera: Camera;
  readonly group: PlayerGroup;
  readonly muted: boolean;
  /** It was paused. */
  readonly frozen: boolean;
}

/** Playback has gone on into live: over the last footage, which is seen until the live picture runs. */
export function LivePicture({ camera, group, muted, frozen }: LivePictureProps) {
  const { t } = useTranslation();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const { player, state } = useLivePlayer(video, { cameraId: camera.id, stream: "main", active: true });
  const { phase } = state;
  useEffect(() => {
    if (player !== null && phase === "playing") group.edge.noticeClock(() => player.serverNowMs);
    if (FAILED.has(phase)) group.noticeLiveFailed();
  }, [group, player, phase]);
  useEffect(() => {
    if (frozen) player?.freeze();
  }, [player, frozen]);
  const isShown = phase === "playing" || phase === "stalled";
  return (
    <>
      <video
        ref={setVideo}
        className={classes.live}
        data-testid="playback-live"
        data-shown={isShown}
        aria-label={t("live.video", { name: camera.name })}
        muted={muted}
        playsInline
        disablePictureInPicture
        onClick={() => group.toggle()}
      />
      {isShown && !frozen && <div className={classes.liveMark}>{t("playback.live")}</div>}
    </>
  );
}
