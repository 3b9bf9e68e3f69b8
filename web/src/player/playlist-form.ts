import type { Speed } from "./speeds.ts";

/** In which form the server gives the footage: as it is, only its key frames and already as fast as `pace`, or converted to H.264. */
export interface PlaylistForm {
  readonly variant: "full" | "sync" | "h264";
  /** Seconds of wall time in a second of the player. */
  readonly pace: number;
}

export const FULL_FORM: PlaylistForm = { variant: "full", pace: 1 };
const H264_FORM: PlaylistForm = { variant: "h264", pace: 1 };

/** Screens show so many frames a second; what is played faster is dropped for certain. */
const SCREEN_FPS = 60;
const TOLERATED_DROPS = 0.1;
/** Slower than this a few dropped frames hurt less than key frames alone would. */
const SLOWEST_SYNC: Speed = 4;

/** What is known of the footage and this browser. */
export interface FormFacts {
  readonly frameSeconds: number;
  /** The share of frames that the browser dropped at this speed; null: not known. */
  readonly droppedShare: number | null;
  /** The browser has no decoder for the footage's codec. */
  readonly mustConvert: boolean;
}

/**
 * The form for a speed: all frames as long as the browser drops, or at this speed must drop, no more than a tenth of them; then key frames
 * only.
 */
export function formFor(speed: Speed, { frameSeconds, droppedShare, mustConvert }: FormFacts): PlaylistForm {
  if (mustConvert) return H264_FORM;
  if (speed < SLOWEST_SYNC) return FULL_FORM;
  const mustDrop = 1 - (SCREEN_FPS * frameSeconds) / speed;
  const drops = Math.max(mustDrop, droppedShare ?? 0);
  return drops > TOLERATED_DROPS ? { variant: "sync", pace: speed } : FULL_FORM;
}

export function isSameForm(a: PlaylistForm, b: PlaylistForm): boolean {
  return a.variant === b.variant && a.pace === b.pace;
}
