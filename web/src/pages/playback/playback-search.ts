import { asSpeed, type Speed } from "../../player/speeds.ts";
import { clampSpan } from "../../timeline/geometry.ts";

/** What a link to Playback holds: it opens the same moment again. */
export interface PlaybackSearch {
  readonly camera?: number;
  /** Wall time, ISO 8601 with `Z`. */
  readonly time?: string;
  readonly speed?: Speed;
  /** Visible seconds of the timeline. */
  readonly zoom?: number;
}

/** Takes from an address what makes sense and leaves out the rest. */
export function parsePlaybackSearch(search: Record<string, unknown>): PlaybackSearch {
  const { camera, time, zoom } = search;
  const speed = asSpeed(search.speed);
  return {
    ...(typeof camera === "number" && Number.isInteger(camera) && camera > 0 ? { camera } : {}),
    ...(typeof time === "string" && !Number.isNaN(Date.parse(time)) ? { time } : {}),
    ...(speed === null ? {} : { speed }),
    ...(typeof zoom === "number" && zoom > 0 ? { zoom: Math.round(clampSpan(zoom * 1000) / 1000) } : {}),
  };
}
