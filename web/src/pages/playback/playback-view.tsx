import { useDisclosure, useFullscreenElement } from "@mantine/hooks";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { cameraStatusQuery } from "../../api/queries.ts";
import { nextFootageMs } from "../../player/next-footage.ts";
import { nextSpeed } from "../../player/speeds.ts";
import type { WallPlayer } from "../../player/wall-player.ts";
import { dayBounds } from "../../time/zone.ts";
import { Timeline, type TimelineControl } from "../../timeline/timeline.tsx";
import type { CameraBranch } from "./camera-order.ts";
import { KeyHelp } from "./key-help.tsx";
import classes from "./playback.module.css";
import { PlaybackHeader } from "./playback-header.tsx";
import type { PlaybackAction } from "./playback-keys.ts";
import type { PlaybackSearch } from "./playback-search.ts";
import { PlaybackSide } from "./playback-side.tsx";
import { Stage } from "./stage.tsx";
import { TransportBar } from "./transport-bar.tsx";
import { usePlaybackAddress } from "./use-playback-address.ts";
import { usePlaybackKeys } from "./use-playback-keys.ts";
import { usePlayerState, useWallPlayer } from "./use-wall-player.ts";
import { WhyNoFootage } from "./why-no-footage.tsx";

const HOUR_SECONDS = 3600;
const SKIP_SECONDS = 10;

interface PlaybackViewProps {
  readonly camera: Camera;
  readonly tree: readonly CameraBranch[];
  readonly search: PlaybackSearch;
}

/** Camera tree and calendar, picture, controls, timeline: one camera on one wall clock. */
export function PlaybackView({ camera, tree, search }: PlaybackViewProps) {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const player = useWallPlayer(video);
  const state = usePlayerState(player);
  const { data: status } = useQuery(cameraStatusQuery(camera.id));
  const { ref: fullscreenRef, toggle: toggleFullscreen, fullscreen } = useFullscreenElement<HTMLDivElement>();
  const [helpOpened, help] = useDisclosure(false);
  const [whyMs, setWhyMs] = useState<number | null>(null);
  const timeline = useRef<TimelineControl | null>(null);
  const initialSpanMs = (search.zoom ?? HOUR_SECONDS) * 1000;
  const spanMs = useRef(initialSpanMs);
  const { goToNewest } = usePlaybackAddress(player, state, camera.id, search, spanMs);
  const navigate = useNavigate();
  const choose = (cameraId: number) => {
    const ms = player?.wallTime.ms;
    const time = ms == null ? {} : { time: new Date(ms).toISOString() };
    void navigate({ to: "/playback", search: { ...search, camera: cameraId, ...time } });
  };
  const act = (action: PlaybackAction) => {
    if (action.do === "fullscreen") void toggleFullscreen();
    else if (action.do === "help") help.toggle();
    else if (action.do === "zoom") timeline.current?.zoom(action.direction);
    else if (player !== null) actOnPlayer(player, action);
  };
  usePlaybackKeys(act);
  const zone = camera.time_zone;
  const goToDay = (date: string) => openDay(player, camera, date);
  const side = <PlaybackSide camera={camera} tree={tree} player={player} onCamera={choose} onDay={goToDay} />;
  return (
    <div className={classes.page}>
      <aside className={classes.side}>{side}</aside>
      <div className={classes.player} ref={fullscreenRef}>
        <PlaybackHeader camera={camera} zone={zone} player={player} side={side} />
        <Stage
          camera={camera}
          zone={zone}
          player={player}
          state={state}
          status={status}
          onWhy={setWhyMs}
          videoRef={setVideo}
        />
        <TransportBar
          state={state}
          fullscreen={fullscreen}
          hasAudio={status?.audio_codec != null}
          onAction={act}
          onSpeed={(speed) => player?.setSpeed(speed)}
          onNewest={goToNewest}
        />
        {player !== null && (
          <Timeline
            key={camera.id}
            cameraId={camera.id}
            cameraName={camera.name}
            zone={zone}
            wallTime={player.wallTime}
            initialSpanMs={spanMs.current}
            gapGoesOn={status !== undefined && !status.recording}
            controlRef={timeline}
            onSpan={(span) => {
              spanMs.current = span;
            }}
            onPick={(ms) => player.open(camera.id, ms)}
            onGap={setWhyMs}
            onScrub={(ms) => player.scrub(ms)}
          />
        )}
      </div>
      <WhyNoFootage
        camera={camera}
        ms={whyMs}
        onClose={() => setWhyMs(null)}
        onGo={(ms) => player?.open(camera.id, ms)}
      />
      <KeyHelp opened={helpOpened} onClose={help.close} />
    </div>
  );
}

function actOnPlayer(player: WallPlayer, action: PlaybackAction): void {
  switch (action.do) {
    case "toggle":
      player.toggle();
      return;
    case "mute":
      player.setMuted(!player.state().muted);
      return;
    case "frame":
      player.step(action.direction);
      return;
    case "skip":
      player.skip(action.direction * SKIP_SECONDS);
      return;
    case "speed":
      player.setSpeed(nextSpeed(player.state().speed, action.direction));
      return;
  }
}

/** A day begins with its first footage; one without goes on to the next, and says so. */
async function openDay(player: WallPlayer | null, camera: Camera, date: string): Promise<void> {
  if (player === null) return;
  const { startMs, endMs } = dayBounds(date, camera.time_zone);
  const firstMs = await nextFootageMs(camera.id, startMs).catch(() => null);
  player.open(camera.id, firstMs !== null && firstMs < endMs ? firstMs : startMs);
}
