import type { Fragment } from "../media/isobmff/fragment-reader.ts";

/** A picture that is shown for longer than this stands for pictures that are missing. */
const LONGEST_PICTURE_MS = 1000;
/** Until two pictures have been seen. */
const USUAL_PICTURE_MS = 40;

/** Pictures are missing between these, milliseconds of the run. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Finds where a camera paused inside a run: its last picture then lasts far longer than a picture, or the next begins far later. */
export class PauseWatch {
  readonly #timescale: number;
  #usualMs = USUAL_PICTURE_MS;
  #lastMs = 0;
  #endMs: number | null = null;

  /** `timescale`: ticks per second of the video. */
  constructor(timescale: number) {
    this.#timescale = timescale;
  }

  /** Takes the next fragment of the run; almost always there is no pause. */
  take({ video }: Fragment): Pause[] {
    if (video === null) return [];
    const pauses: Pause[] = [];
    let atMs = (video.decodeTimeTicks * 1000) / this.#timescale;
    if (this.#endMs !== null && atMs - this.#endMs > LONGEST_PICTURE_MS)
      pauses.push({ fromMs: this.#endMs, toMs: atMs });
    for (const run of video.runs) {
      for (const { durationTicks } of run.samples) {
        const durationMs = (durationTicks * 1000) / this.#timescale;
        if (this.#isPause(durationMs)) pauses.push({ fromMs: atMs + this.#usualMs, toMs: atMs + durationMs });
        atMs += durationMs;
      }
    }
    this.#endMs = atMs;
    return pauses;
  }

  /** A camera of less than a picture a second sends such long ones one after the other: those are usual. */
  #isPause(durationMs: number): boolean {
    const long = durationMs > Math.max(LONGEST_PICTURE_MS, 2 * this.#usualMs);
    const asBefore = durationMs < 2 * this.#lastMs && this.#lastMs < 2 * durationMs;
    this.#lastMs = durationMs;
    if (!long || asBefore) this.#usualMs = durationMs;
    return long && !asBefore;
  }
}
