/** How long the mapping is watched before the first segment of a run gets its name. */
export const SETTLE_MS = 2000;
/** How long the first estimate is refined: bad networks need a while to show their smallest delay. */
const REFINE_MS = 10_000;
/** The camera's clock is compared with ours over spans of this length. */
const WINDOW_MS = 60_000;
/** No camera's clock is further off than this; what looks like more is a slow network. */
const MAX_DRIFT_PPM = 1000;
/** A picture leaves ffmpeg's parser and muxer two frame times after its own time, measured. */
const PIPELINE_FRAMES = 2;

/**
 * Maps the media time of one run to wall time: the one place where the two are compared.
 *
 * A fragment arrives a varying while after its last frame was taken; it cannot arrive before. So wall time of media time 0 is the smallest
 * `arrival − media time` seen, less ffmpeg's own two frames. The first fragments say nothing (probing holds them back), hence a minimum
 * and not the first.
 *
 * A camera's clock runs a little faster or slower than ours: over days that adds up to minutes. A smaller lag than ever is believed at once;
 * a lag that stays larger for a whole minute moves the mapping along, no faster than a clock can drift. Footage itself is never stretched:
 * the correction shows where the next segment begins.
 */
export class WallClock {
  #firstArrivalMs: number | null = null;
  #lastArrivalMs = 0;
  #lagMs = Number.POSITIVE_INFINITY;
  #firstLagMs: number | null = null;
  #window: { readonly startMs: number; smallestMs: number } | null = null;
  #frameMs = 0;

  /** Takes one fragment: when it arrived, and where its last frame begins in the run, all in milliseconds. */
  observe(arrivalMs: number, lastFrameMediaMs: number, frameMs: number): void {
    this.#firstArrivalMs ??= arrivalMs;
    this.#lastArrivalMs = arrivalMs;
    const lagMs = arrivalMs - lastFrameMediaMs;
    this.#lagMs = Math.min(this.#lagMs, lagMs);
    if (arrivalMs - this.#firstArrivalMs <= REFINE_MS) {
      this.#frameMs = frameMs;
      return;
    }
    this.#firstLagMs ??= this.#lagMs;
    this.#follow(arrivalMs, lagMs);
  }

  #follow(arrivalMs: number, lagMs: number): void {
    this.#window ??= { startMs: arrivalMs, smallestMs: lagMs };
    this.#window.smallestMs = Math.min(this.#window.smallestMs, lagMs);
    const lengthMs = arrivalMs - this.#window.startMs;
    if (lengthMs < WINDOW_MS) return;
    const mostMs = (lengthMs * MAX_DRIFT_PPM) / 1_000_000;
    this.#lagMs += Math.min(Math.max(0, this.#window.smallestMs - this.#lagMs), mostMs);
    this.#window = null;
  }

  /** The mapping is good enough to name a segment by. */
  get settled(): boolean {
    return this.#firstArrivalMs !== null && this.#lastArrivalMs - this.#firstArrivalMs >= SETTLE_MS;
  }

  /** How far the camera's clock has fallen behind ours (negative: run ahead) since the run began, milliseconds; null while unknown. */
  get driftMs(): number | null {
    return this.#firstLagMs === null ? null : Math.round(this.#lagMs - this.#firstLagMs);
  }

  /** Wall time in milliseconds of an instant of the run. */
  wallMs(mediaMs: number): number {
    return Math.round(this.#offsetMs + mediaMs);
  }

  /** The instant of the run, milliseconds, that belongs to a wall time. */
  mediaMs(wallMs: number): number {
    return wallMs - this.#offsetMs;
  }

  get #offsetMs(): number {
    return this.#lagMs - PIPELINE_FRAMES * this.#frameMs;
  }
}
