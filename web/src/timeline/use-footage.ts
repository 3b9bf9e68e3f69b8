import type { Timeline } from "@nightjar/api/recording";
import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { timelineQuery } from "../api/queries.ts";
import { nowMs } from "../time/now.ts";
import { type Footage, joinTimelines, NO_FOOTAGE } from "./footage.ts";
import type { Tile } from "./tiles.ts";
import { useSegmentStarts } from "./use-segments.ts";

/** A camera of the timeline. */
export interface TimelineCamera {
  readonly id: number;
  readonly name: string;
  /** The camera does not record now: its last gap goes on. */
  readonly gapGoesOn: boolean;
}

interface Loaded {
  /** Of each camera, in their order. */
  readonly footage: readonly Footage[];
  /** Some of what is visible is still being read; `footage` then is what was there before. */
  readonly loading: boolean;
  readonly error: Error | null;
}

/**
 * A gap is told some seconds after it began, and its cause may become another one, such as at the end of a schedule's window, without any
 * event. So while one goes on, the tile with now in it is read again from time to time.
 */
const READ_AGAIN_MS = 10_000;

/** Footage of the tiles of the cameras. While other tiles are read the last picture stays, so that zooming does not flicker. */
export function useFootage(cameras: readonly TimelineCamera[], tiles: readonly Tile[]): Loaded {
  const last = useRef(new Map<number, readonly Timeline[]>());
  const loaded = useQueries({
    queries: cameras.flatMap(({ id, gapGoesOn }) =>
      tiles.map((tile) => ({
        ...timelineQuery(id, tile.startMs, tile.endMs, tile.resolutionSeconds),
        refetchInterval: () => gapGoesOn && tile.startMs <= nowMs() && nowMs() < tile.endMs && READ_AGAIN_MS,
      })),
    ),
    combine: (results) => ({
      timelines: results.map((result) => result.data),
      loading: results.some((result) => result.isPending),
      error: results.find((result) => result.error !== null)?.error ?? null,
    }),
  });
  const starts = useSegmentStarts(
    cameras.map(({ id }) => id),
    tiles,
  );
  const { timelines } = loaded;
  const footage = useMemo(
    () =>
      cameras.map(({ id }, i) => {
        const own = timelines.slice(i * tiles.length, (i + 1) * tiles.length);
        const present = own.filter((one): one is Timeline => one !== undefined);
        if (present.length === own.length || !last.current.has(id)) last.current.set(id, present);
        const shown = last.current.get(id);
        return shown === undefined ? NO_FOOTAGE : joinTimelines(shown, starts[i]);
      }),
    [cameras, tiles, timelines, starts],
  );
  return { footage, loading: loaded.loading, error: loaded.error };
}
