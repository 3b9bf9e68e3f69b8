import { ActionIcon, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { routeUrl } from "@nightjar/api/client";
import { liveRoutes } from "@nightjar/api/routes";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { History, Maximize2, Minimize2, Replace, Volume2, VolumeX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { cameraStatusQuery } from "../../api/queries.ts";
import { useHasPermission } from "../../api/use-session.ts";
import { useLivePlayer } from "../../live/use-live-player.ts";
import { useShown } from "../../live/use-shown.ts";
import { nowMs } from "../../time/now.ts";
import { RecordMenu } from "../devices/record-menu.tsx";
import { CameraMenu } from "./camera-menu.tsx";
import classes from "./live.module.css";
import { TileMessage } from "./tile-message.tsx";
import { TileState } from "./tile-state.tsx";
import { useWaited } from "./use-waited.ts";

/** Whoever saw something wants to see how it began. */
const BACK_MS = 10_000;

/** A stream that is not recorded is connected to first: until then a still picture is better than none. */
const STILL_AFTER_MS = 400;

interface LiveTileProps {
  readonly camera: Camera;
  readonly stream: "main" | "sub";
  /** What else could stand here; with `onChoose`. */
  readonly cameras?: readonly Camera[];
  readonly onChoose?: (camera: number | null) => void;
  /** null: it cannot be larger. */
  readonly onEnlarge: (() => void) | null;
  readonly onShrink?: () => void;
}

/** One camera: its live picture, its state, and what can be done with it. */
export function LiveTile({ camera, stream, cameras, onChoose, onEnlarge, onShrink }: LiveTileProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: status } = useQuery(cameraStatusQuery(camera.id));
  const mayRecord = useHasPermission("recordings.control");
  const [tile, setTile] = useState<HTMLElement | null>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [muted, setMuted] = useState(true);
  const shown = useShown(tile);
  const { player, state } = useLivePlayer(video, { cameraId: camera.id, stream, active: shown && camera.enabled });
  const isWaiting = state.phase === "connecting" && status?.connection === "connected" && shown;
  const isSlow = useWaited(isWaiting, STILL_AFTER_MS);
  const hasSound = /,/.test(state.beginning?.codecs ?? "");
  const name = camera.name;
  const toPlayback = () => {
    const time = new Date((player?.serverNowMs ?? nowMs()) - BACK_MS).toISOString();
    void navigate({ to: "/playback", search: { camera: camera.id, time } });
  };
  const resize = onEnlarge ?? onShrink ?? null;
  return (
    <article className={classes.tile} ref={setTile} aria-label={name} data-tile={camera.id} data-phase={state.phase}>
      <video
        ref={setVideo}
        className={classes.video}
        data-testid="live-video"
        aria-label={t("live.video", { name })}
        muted={muted}
        {...(isSlow ? { poster: routeUrl(liveRoutes.snapshot, { params: { id: camera.id } }) } : {})}
        playsInline
        disablePictureInPicture
        disableRemotePlayback
      />
      <TileMessage camera={camera} status={status} state={state} />
      {/* A click alone does nothing: what is watched must not jump. From the keyboard it is the way to enlarge. */}
      <button
        type="button"
        className={classes.cover}
        aria-label={t(onEnlarge === null ? "live.shrink" : "live.enlarge", { name })}
        disabled={resize === null}
        onDoubleClick={() => resize?.()}
        onClick={({ detail }) => detail === 0 && resize?.()}
      />
      <TileState camera={camera} status={status} state={state} />
      <div className={classes.controls}>
        {hasSound && (
          <Control
            label={t(muted ? "live.unmute" : "live.mute", { name })}
            onClick={() => setMuted(!muted)}
            action="sound"
          >
            {muted ? <VolumeX size={18} aria-hidden /> : <Volume2 size={18} aria-hidden />}
          </Control>
        )}
        {mayRecord && <RecordMenu camera={camera} status={status} />}
        <Control label={t("live.toPlayback", { name })} onClick={toPlayback} action="playback">
          <History size={18} aria-hidden />
        </Control>
        {cameras !== undefined && onChoose !== undefined && (
          <CameraMenu cameras={cameras} present={camera} onChoose={onChoose}>
            <ActionIcon size="lg" aria-label={t("live.change", { name })} title={t("live.change", { name })}>
              <Replace size={18} aria-hidden />
            </ActionIcon>
          </CameraMenu>
        )}
        {onEnlarge !== null && (
          <Control label={t("live.enlarge", { name })} onClick={onEnlarge}>
            <Maximize2 size={18} aria-hidden />
          </Control>
        )}
        {onShrink !== undefined && (
          <Control label={t("live.shrink", { name })} onClick={onShrink}>
            <Minimize2 size={18} aria-hidden />
          </Control>
        )}
      </div>
    </article>
  );
}

interface ControlProps {
  readonly label: string;
  readonly onClick: () => void;
  /** What the keys of the page look for. */
  readonly action?: string;
  readonly children: ReactNode;
}

function Control({ label, onClick, action, children }: ControlProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" aria-label={label} onClick={onClick} data-action={action}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
