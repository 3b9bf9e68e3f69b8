import { useQueries } from "@tanstack/react-query";
import { segmentStartsQuery } from "../api/queries.ts";
import type { Tile } from "./tiles.ts";

const HOUR_MS = 3_600_000;

const NONE: readonly number[] = [];

/** Where the segments of the cameras begin in the tiles, by camera; nothing while the tiles are too long for single segments to be seen. */
export function useSegmentStarts(cameraIds: readonly number[], tiles: readonly Tile[]): readonly (readonly number[])[] {
  const wanted = tiles.filter(({ startMs, endMs }) => endMs - startMs <= HOUR_MS);
  return useQueries({
    queries: cameraIds.flatMap((cameraId) =>
      wanted.map((tile) => segmentStartsQuery(cameraId, tile.startMs, tile.endMs)),
    ),
    combine: (results) =>
      cameraIds.map((_, i) => {
        const own = results.slice(i * wanted.length, (i + 1) * wanted.length);
        const starts = own.flatMap(({ data }) => data ?? NONE);
        return [...new Set(starts)].sort((a, b) => a - b);
      }),
  });
}
