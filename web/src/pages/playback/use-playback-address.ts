import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { newestFootageMs } from "../../player/next-footage.ts";
import type { PlayerGroup } from "../../player/player-group.ts";
import type { GroupState } from "../../player/player-state.ts";
import { nowMs } from "../../time/now.ts";
import type { Marked } from "../../timeline/draw.ts";
import type { PlaybackSearch } from "./playback-search.ts";

const route = getRouteApi("/shell/playback");
const PATH = "/playback";

/** Without a time in the address playback begins this long before the newest footage ends. */
const LAST_MS = 60_000;

/** How often the address follows the picture while it plays. */
const WRITE_EVERY_MS = 3000;

export interface PlaybackAddress {
  readonly goToNewest: () => void;
  /** The cameras that are shown from now on, at the same time; the first gives the calendar and the sound. */
  readonly showCameras: (ids: readonly number[]) => void;
  readonly marked: Marked;
  readonly mark: (change: Partial<Marked>) => void;
}

/**
 * Keeps address and player in step: an address that a person opens, or comes back to, is played; what is played is written into the
 * address, so that a copied link opens the same moment.
 */
export function usePlaybackAddress(
  group: PlayerGroup | null,
  state: GroupState,
  cameraIds: readonly number[],
  search: PlaybackSearch,
  spanMs: React.RefObject<number>,
): PlaybackAddress {
  const navigate = route.useNavigate();
  const router = useRouter();
  /** The time that was written last; null: none yet. */
  const written = useRef<string | undefined | null>(null);
  const firstId = cameraIds[0];
  const goToNewest = useCallback(() => {
    if (group === null || firstId === undefined) return;
    const find = async (signal: AbortSignal) => ((await newestFootageMs(firstId, signal)) ?? nowMs()) - LAST_MS;
    void group.look((signal) => find(signal).catch(() => nowMs() - LAST_MS), { play: true });
  }, [group, firstId]);

  const { time, speed } = search;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another time is a wish to be there
  useEffect(() => {
    if (group === null || written.current === time) return;
    written.current = time;
    if (speed !== undefined) group.setSpeed(speed);
    if (time === undefined) goToNewest();
    else group.open(Date.parse(time), true);
  }, [group, time]);

  const write = useCallback(
    (change: (before: PlaybackSearch) => PlaybackSearch, replace: boolean) => {
      // Until the next page is loaded this one is still there: whoever has left it must not be brought back.
      if (router.latestLocation.pathname !== PATH) return;
      const ms = group?.wallTime.ms ?? null;
      void navigate({
        to: PATH,
        search: (before) => {
          const now = ms === null ? before.time : new Date(ms).toISOString();
          written.current = now;
          return change({ ...before, ...(now === undefined ? {} : { time: now }) });
        },
        replace,
        resetScroll: false,
      });
    },
    [group, navigate, router],
  );
  useWriting(group, state, write, firstId, spanMs);

  const showCameras = useCallback(
    ([first, ...others]: readonly number[]) =>
      write(({ camera: _, with: __, ...rest }) => {
        const beside = others.length > 0 ? { with: others } : {};
        return { ...rest, ...(first === undefined ? {} : { camera: first }), ...beside };
      }, false),
    [write],
  );
  const marked = useMemo(() => ({ inMs: msOf(search.in), outMs: msOf(search.out) }), [search.in, search.out]);
  const mark = useCallback(
    (change: Partial<Marked>) => {
      const { inMs, outMs } = { ...marked, ...change };
      write(
        ({ in: _, out: __, ...rest }) => ({
          ...rest,
          ...(inMs === null ? {} : { in: new Date(inMs).toISOString() }),
          ...(outMs === null ? {} : { out: new Date(outMs).toISOString() }),
        }),
        true,
      );
    },
    [write, marked],
  );
  return { goToNewest, showCameras, marked, mark };
}

/** The picture's time is written while it plays, and at once when it rests. */
function useWriting(
  group: PlayerGroup | null,
  { speed, playing, targetMs, scrubMs }: GroupState,
  write: (change: (before: PlaybackSearch) => PlaybackSearch, replace: boolean) => void,
  firstId: number | undefined,
  spanMs: React.RefObject<number>,
): void {
  const rests = targetMs === null && scrubMs === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: pausing and arriving after a jump write at once
  useEffect(() => {
    if (group === null || !rests || firstId === undefined) return;
    const writeNow = () => {
      if (group.wallTime.ms === null) return;
      const zoom = Math.round(spanMs.current / 1000);
      write(({ speed: _, ...rest }) => ({ camera: firstId, ...rest, ...(speed === 1 ? {} : { speed }), zoom }), true);
    };
    writeNow();
    const timer = window.setInterval(() => playing && writeNow(), WRITE_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [group, playing, rests, speed, write, firstId]);
}

function msOf(time: string | undefined): number | null {
  return time === undefined ? null : Date.parse(time);
}
