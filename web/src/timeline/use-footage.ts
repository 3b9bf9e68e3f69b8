import type { Timeline } from "@nightjar/api/recording";
import { useQueries } from "@tanstack/react-query";
import { useRef } from "react";
import { timelineQuery } from "../api/queries.ts";
import { nowMs } from "../time/now.ts";
import { type Footage, joinTimelines, NO_FOOTAGE } from "./footage.ts";
import type { Tile } from "./tiles.ts";

interface Loaded {
  readonly footage: Footage;
  /** Some of what is visible is still being read; `footage` then is what was there before. */
  readonly loading: boolean;
  readonly error: Error | null;
}

/**
 * A gap is told some seconds after it began, and its cause may become another one, such as at the end of a schedule's window, without any
 * event. So while one goes on, the tile with now in it is read again from time to time.
 */
const READ_AGAIN_MS = 10_000;

/** Footage of the tiles of one camera. While other tiles are read the last picture stays, so that zooming does not flicker. */
export function useFootage(cameraId: number, tiles: readonly Tile[], gapGoesOn: boolean): Loaded {
  const last = useRef<{ cameraId: number; footage: Footage }>({ cameraId, footage: NO_FOOTAGE });
  const loaded = useQueries({
    queries: tiles.map((tile) => ({
      ...timelineQuery(cameraId, tile.startMs, tile.endMs, tile.resolutionSeconds),
      refetchInterval: () => gapGoesOn && tile.startMs <= nowMs() && nowMs() < tile.endMs && READ_AGAIN_MS,
    })),
    combine: (results) => ({
      timelines: results.map((result) => result.data),
      loading: results.some((result) => result.isPending),
      error: results.find((result) => result.error !== null)?.error ?? null,
    }),
  });
  const present = loaded.timelines.filter((one): one is Timeline => one !== undefined);
  if (!loaded.loading || last.current.cameraId !== cameraId) {
    last.current = { cameraId, footage: joinTimelines(present) };
  }
  return { footage: last.current.footage, loading: loaded.loading, error: loaded.error };
}
