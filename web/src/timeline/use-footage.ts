import type { Timeline } from "@nightjar/api/recording";
import { useQueries } from "@tanstack/react-query";
import { useRef } from "react";
import { timelineQuery } from "../api/queries.ts";
import { type Footage, joinTimelines, NO_FOOTAGE } from "./footage.ts";
import type { Tile } from "./tiles.ts";

interface Loaded {
  readonly footage: Footage;
  /** Some of what is visible is still being read; `footage` then is what was there before. */
  readonly loading: boolean;
  readonly error: Error | null;
}

/** Footage of the tiles of one camera. While other tiles are read the last picture stays, so that zooming does not flicker. */
export function useFootage(cameraId: number, tiles: readonly Tile[]): Loaded {
  const last = useRef<{ cameraId: number; footage: Footage }>({ cameraId, footage: NO_FOOTAGE });
  const loaded = useQueries({
    queries: tiles.map((tile) => timelineQuery(cameraId, tile.startMs, tile.endMs, tile.resolutionSeconds)),
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
