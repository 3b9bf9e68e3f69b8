import { ActionIcon, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery } from "../../api/queries.ts";
import type { PlayerGroup } from "../../player/player-group.ts";
import type { GroupState, PlayerState } from "../../player/player-state.ts";
import type { WallPlayer } from "../../player/wall-player.ts";
import { Thumbnail } from "../../timeline/thumbnail.tsx";
import { LivePicture } from "./live-picture.tsx";
import classes from "./playback.module.css";
import { StageMessage } from "./stage-message.tsx";
import { usePlayerState } from "./use-player-group.ts";

/** Wide enough to stand for the picture until that is there. */
const THUMBNAIL_PX = 320;

interface StageProps {
  readonly camera: Camera;
  readonly zone: string;
  readonly group: PlayerGroup | null;
  readonly groupState: GroupState;
  /** Of several only one is heard. */
  readonly mayBeHeard: boolean;
  /** Takes it out from among others; null: it is alone. */
  readonly onClose: (() => void) | null;
  readonly onWhy: (cameraId: number, ms: number) => void;
}

/** One camera's picture, and over it what a person must know about it. */
export function Stage({ camera, zone, group, groupState, mayBeHeard, onClose, onWhy }: StageProps) {
  const { t } = useTranslation();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const player = useAttached(group, video, camera.id);
  const state = usePlayerState(player);
  const { data: status } = useQuery(cameraStatusQuery(camera.id));
  const connected = status?.connection === "connected";
  useEffect(() => group?.edge.noticeConnection(camera.id, connected), [group, camera.id, connected]);
  const isLive = groupState.live && connected;
  const bridgedMs = bridgedTime(state, groupState);
  return (
    <div className={classes.stage} data-testid={`stage-${camera.id}`}>
      {/* biome-ignore lint/a11y/useMediaCaption: surveillance footage has no captions */}
      <video
        ref={setVideo}
        className={classes.video}
        data-testid="player-video"
        data-phase={state.phase}
        data-variant={state.form.variant}
        data-absent={state.absent}
        aria-label={t("playback.video", { name: camera.name })}
        playsInline
        disablePictureInPicture
        onClick={() => group?.toggle()}
      />
      {bridgedMs !== null && (
        <Thumbnail cameraId={camera.id} ms={bridgedMs} width={THUMBNAIL_PX} className={classes.bridge} />
      )}
      {isLive && group !== null ? (
        <LivePicture
          camera={camera}
          group={group}
          muted={groupState.muted || !mayBeHeard}
          frozen={!groupState.playing}
        />
      ) : (
        <>
          <StageMessage
            camera={camera}
            zone={zone}
            group={group}
            state={state}
            scrubs={groupState.scrubMs !== null}
            status={status}
            onWhy={(ms) => onWhy(camera.id, ms)}
          />
          <FormMark state={state} />
        </>
      )}
      {onClose !== null && (
        <div className={classes.nameplate}>
          {camera.name}
          <Tooltip label={t("playback.takeOut", { name: camera.name })}>
            <ActionIcon
              size={26}
              className={classes.nameplateButton ?? ""}
              aria-label={t("playback.takeOut", { name: camera.name })}
              onClick={onClose}
            >
              <X size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </div>
  );
}

/** Says plainly when what is shown is not the footage as it was recorded. */
function FormMark({ state: { form, phase } }: { readonly state: PlayerState }) {
  const { t } = useTranslation();
  if (form.variant === "full" || (phase !== "ready" && phase !== "at-newest")) return null;
  const text = form.variant === "sync" ? t("playback.keyFramesOnly") : t("playback.converted");
  const hint = form.variant === "sync" ? t("playback.keyFramesOnlyHint") : t("playback.convertedHint");
  return (
    <Tooltip label={hint} multiline maw={320}>
      <div className={classes.formMark} data-testid="form-mark">
        {text}
      </div>
    </Tooltip>
  );
}

/** The time whose thumbnail stands for a picture that is not there yet; null: the picture is. */
function bridgedTime({ phase, targetMs }: PlayerState, { scrubMs, resting }: GroupState): number | null {
  if (scrubMs !== null && (!resting || targetMs !== null)) return scrubMs;
  return phase === "loading" ? targetMs : null;
}

/** A player on the video for as long as both are there. */
function useAttached(group: PlayerGroup | null, video: HTMLVideoElement | null, cameraId: number): WallPlayer | null {
  const [player, setPlayer] = useState<WallPlayer | null>(null);
  useEffect(() => {
    if (group === null || video === null) return;
    const attached = group.attach(video, cameraId);
    setPlayer(attached.player);
    return () => {
      attached.detach();
      setPlayer(null);
    };
  }, [group, video, cameraId]);
  return player;
}
