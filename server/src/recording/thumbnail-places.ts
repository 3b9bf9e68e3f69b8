import type { SegmentFragment, SegmentIndex } from "./segment-index.ts";

/** Width of the thumbnails that are kept, pixels; the API says the same to those who ask. */
export const THUMBNAIL_WIDTH = 320;
/** Of so much footage there is one thumbnail. */
export const THUMBNAIL_INTERVAL_MS = 10_000;

/**
 * Which of a segment's thumbnails a key frame belongs to that lies so far behind its start. It is the first key frame of each; a thumbnail
 * that was made of another stream of the camera is of the same ten seconds, at an offset of its own.
 */
export function thumbnailNumber(offsetMs: number): number {
  return Math.floor(offsetMs / THUMBNAIL_INTERVAL_MS);
}

export interface ThumbnailPlace<F extends SegmentFragment = SegmentFragment> {
  /** The fragment that begins with the key frame. */
  readonly fragment: F;
  /** Media time since the segment's first fragment. */
  readonly offsetTicks: number;
  readonly offsetMs: number;
}

/** The key frames of a segment that thumbnails are made of, in the order of time. */
export function thumbnailPlaces<F extends SegmentFragment>(
  index: Omit<SegmentIndex, "fragments"> & { readonly fragments: readonly F[] },
): ThumbnailPlace<F>[] {
  const places: ThumbnailPlace<F>[] = [];
  const firstTicks = index.fragments[0]?.decodeTicks ?? 0;
  let newest = -1;
  for (const fragment of index.fragments) {
    if (!fragment.sync) continue;
    const offsetTicks = fragment.decodeTicks - firstTicks;
    const offsetMs = (offsetTicks * 1000) / index.timescale;
    const number = thumbnailNumber(offsetMs);
    if (number <= newest) continue;
    newest = number;
    places.push({ fragment, offsetTicks, offsetMs });
  }
  return places;
}

/** What is nearest to an offset; undefined when there is nothing. */
export function nearestTo<P extends { readonly offsetMs: number }>(
  places: readonly P[],
  offsetMs: number,
): P | undefined {
  let nearest = places[0];
  for (const place of places) {
    if (Math.abs(place.offsetMs - offsetMs) < Math.abs((nearest?.offsetMs ?? 0) - offsetMs)) nearest = place;
  }
  return nearest;
}
