import { useDisclosure, useFullscreenElement } from "@mantine/hooks";
import type { Camera } from "@nightjar/api/camera";
import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { cameraStatusQuery } from "../../api/queries.ts";
import { nextFootageMs } from "../../player/next-footage.ts";
import type { PlayerGroup } from "../../player/player-group.ts";
import type { Speed } from "../../player/speeds.ts";
import { useSteady } from "../../shell/use-steady.ts";
import { dayBounds } from "../../time/zone.ts";
import { Timeline, type TimelineControl } from "../../timeline/timeline.tsx";
import type { CameraBranch } from "./camera-order.ts";
import { KeyHelp } from "./key-help.tsx";
import { MarkedBar } from "./marked-bar.tsx";
import classes from "./playback.module.css";
import { PlaybackHeader } from "./playback-header.tsx";
import type { PlaybackSearch } from "./playback-search.ts";
import { PlaybackSide } from "./playback-side.tsx";
import { Stage } from "./stage.tsx";
import { StageNotice } from "./stage-notice.tsx";
import { TransportBar } from "./transport-bar.tsx";
import { useLockDialog } from "./use-lock-dialog.ts";
import { usePlaybackActions } from "./use-playback-actions.ts";
import { usePlaybackAddress } from "./use-playback-address.ts";
import { usePlaybackKeys } from "./use-playback-keys.ts";
import { useGroupState, usePlayerGroup } from "./use-player-group.ts";
import { useScrub } from "./use-scrub.ts";
import { WhyNoFootage } from "./why-no-footage.tsx";

const HOUR_SECONDS = 3600;

interface PlaybackViewProps {
  /** The first gives the calendar, the zone and the sound. */
  readonly cameras: readonly [Camera, ...Camera[]];
  readonly tree: readonly CameraBranch[];
  readonly search: PlaybackSearch;
}

/** Camera tree and calendar, pictures, controls, timeline: up to four cameras on one wall clock. */
export function PlaybackView({ cameras, tree, search }: PlaybackViewProps) {
  const group = usePlayerGroup();
  const state = useGroupState(group);
  const { live, playing, speed, muted, skipGaps } = state;
  const cameraIds = cameras.map(({ id }) => id);
  const [camera] = cameras;
  const zone = camera.time_zone;
  const { ref: fullscreenRef, toggle: toggleFullscreen, fullscreen } = useFullscreenElement<HTMLDivElement>();
  const [helpOpened, help] = useDisclosure(false);
  const [why, setWhy] = useState<{ camera: Camera; ms: number } | null>(null);
  const askWhy = useSteady((id: number, ms: number) =>
    setWhy({ camera: cameras.find((one) => one.id === id) ?? camera, ms }),
  );
  const timeline = useRef<TimelineControl | null>(null);
  const spanMs = useRef((search.zoom ?? HOUR_SECONDS) * 1000);
  const { goToNewest, showCameras, marked, mark } = usePlaybackAddress(group, state, cameraIds, search, spanMs);
  const lock = useLockDialog(marked);
  const actions = usePlaybackActions({ group, cameras, timeline, mark, toggleFullscreen, help, lock });
  const act = useSteady(actions.act);
  usePlaybackKeys(act);
  const scrub = useScrub(group);
  const { timelineCameras, hasAudio } = useTimelineCameras(cameras);
  const wallTime = group?.wallTime ?? null;
  const { onDay, onNewest, onSpeed, onSpan } = useEvents(group, camera, goToNewest, spanMs);
  const closeHelp = useSteady(help.close);
  // Players tell a lot while they load: calendar and tree are none of it.
  const side = useMemo(
    () => <PlaybackSide {...{ cameras, tree, wallTime, onDay }} onCameras={showCameras} />,
    [cameras, tree, wallTime, onDay, showCameras],
  );
  return (
    <div className={classes.page}>
      <aside className={classes.side}>{side}</aside>
      <div className={classes.player} ref={fullscreenRef}>
        <PlaybackHeader cameras={cameras} zone={zone} wallTime={wallTime} side={side} />
        <div className={classes.stages} data-count={cameras.length}>
          {cameras.map((one, i) => (
            <Stage
              key={one.id}
              camera={one}
              zone={zone}
              group={group}
              groupState={state}
              mayBeHeard={i === 0}
              onClose={cameras.length > 1 ? () => showCameras(cameraIds.filter((id) => id !== one.id)) : null}
              onWhy={askWhy}
            />
          ))}
          <StageNotice
            notice={state.notice}
            zone={zone}
            onGone={() => group?.notify(null)}
            onWhy={(ms) => askWhy(camera.id, ms)}
          />
        </div>
        <div className={classes.deck}>
          <TransportBar
            {...{ live, playing, speed, muted, skipGaps, fullscreen, hasAudio, onSpeed, onNewest }}
            snapshotBusy={actions.snapshotBusy}
            onAction={act}
          />
          <MarkedBar {...{ cameras, marked, lock }} onGo={(ms) => group?.open(ms)} onMark={mark} />
          {group !== null && (
            <Timeline
              cameras={timelineCameras}
              zone={zone}
              wallTime={group.wallTime}
              marked={marked}
              initialSpanMs={spanMs.current}
              controlRef={timeline}
              onSpan={onSpan}
              onPick={scrub.pick}
              onLastGap={askWhy}
              onScrub={scrub.drag}
            />
          )}
        </div>
      </div>
      <WhyNoFootage
        camera={why?.camera ?? camera}
        ms={why?.ms ?? null}
        onClose={() => setWhy(null)}
        onGo={(ms) => group?.open(ms)}
      />
      <KeyHelp opened={helpOpened} onClose={closeHelp} />
    </div>
  );
}

/** What is to be done when a person asks for it. */
function useEvents(group: PlayerGroup | null, camera: Camera, goToNewest: () => void, spanMs: React.RefObject<number>) {
  const onDay = useSteady((date: string) => openDay(group, camera, date));
  const onNewest = useSteady(() => group?.goLive() || goToNewest());
  const onSpeed = useSteady((speed: Speed) => group?.setSpeed(speed));
  const onSpan = useSteady((span: number) => {
    spanMs.current = span;
  });
  return { onDay, onNewest, onSpeed, onSpan };
}

/** What the timeline must know of the cameras; the same as before while nothing of it changed. */
function useTimelineCameras(cameras: readonly Camera[]) {
  const statuses = useQueries({ queries: cameras.map(({ id }) => cameraStatusQuery(id)) });
  const hasAudio = statuses[0]?.data?.audio_codec != null;
  const known = cameras.map(({ id, name }, i) => ({ id, name, gapGoesOn: statuses[i]?.data?.recording === false }));
  const key = JSON.stringify(known);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is all of it
  const timelineCameras = useMemo(() => known, [key]);
  return { timelineCameras, hasAudio };
}

/** A day begins with its first footage; one without goes on to the next, and says so. */
function openDay(group: PlayerGroup | null, camera: Camera, date: string): void {
  const { startMs, endMs } = dayBounds(date, camera.time_zone);
  void group?.look(async () => {
    const firstMs = await nextFootageMs(camera.id, startMs).catch(() => null);
    return firstMs !== null && firstMs < endMs ? firstMs : startMs;
  });
}
