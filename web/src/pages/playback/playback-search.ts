import { asSpeed, type Speed } from "../../player/speeds.ts";
import { clampSpan } from "../../timeline/geometry.ts";

/** So many cameras are shown side by side at most. */
export const MOST_CAMERAS = 4;

/** What a link to Playback holds: it opens the same moment again. Times are wall time, ISO 8601 with `Z`. */
export interface PlaybackSearch {
  readonly camera?: number;
  /** Cameras beside it, on the same clock. */
  readonly with?: readonly number[];
  readonly time?: string;
  readonly speed?: Speed;
  /** Visible seconds of the timeline. */
  readonly zoom?: number;
  /** Where a person marked a beginning and an end. */
  readonly in?: string;
  readonly out?: string;
}

/** Takes from an address what makes sense and leaves out the rest. */
export function parsePlaybackSearch(search: Record<string, unknown>): PlaybackSearch {
  const { camera, zoom } = search;
  const speed = asSpeed(search.speed);
  const beside = Array.isArray(search.with) ? [...new Set(search.with.filter(isId))].slice(0, MOST_CAMERAS - 1) : [];
  return {
    ...(isId(camera) ? { camera } : {}),
    ...(beside.length > 0 ? { with: beside } : {}),
    ...(isTime(search.time) ? { time: search.time } : {}),
    ...(speed === null ? {} : { speed }),
    ...(typeof zoom === "number" && zoom > 0 ? { zoom: Math.round(clampSpan(zoom * 1000) / 1000) } : {}),
    ...(isTime(search.in) ? { in: search.in } : {}),
    ...(isTime(search.out) ? { out: search.out } : {}),
  };
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
