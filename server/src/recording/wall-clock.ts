/** How long the mapping is watched before the first segment of a run gets its name. */
export const SETTLE_MS = 2000;
/** How long it goes on being refined: bad networks need longer to show their smallest delay. */
const REFINE_MS = 10_000;
/** A picture leaves ffmpeg's parser and muxer two frame times after its own time, measured. */
const PIPELINE_FRAMES = 2;

/**
 * Maps the media time of one run to wall time: the one function that compares the two.
 *
 * A fragment arrives a varying while after its last frame was taken; it cannot arrive before. So wall time of media time 0 is the smallest
 * `arrival − media time` seen, less ffmpeg's own two frames. The first fragments say nothing (probing holds them back), hence a minimum
 * and not the first. RTP's own media times are exact, so nothing inside a run is ever stretched: only this offset is estimated.
 */
export class WallClock {
  #firstArrivalMs: number | null = null;
  #lastArrivalMs = 0;
  #smallestLagMs = Number.POSITIVE_INFINITY;
  #frameMs = 0;

  /** Takes one fragment: when it arrived, and where its last frame begins in the run, all in milliseconds. */
  observe(arrivalMs: number, lastFrameMediaMs: number, frameMs: number): void {
    this.#firstArrivalMs ??= arrivalMs;
    this.#lastArrivalMs = arrivalMs;
    if (arrivalMs - this.#firstArrivalMs > REFINE_MS) return;
    this.#smallestLagMs = Math.min(this.#smallestLagMs, arrivalMs - lastFrameMediaMs);
    this.#frameMs = frameMs;
  }

  /** The mapping is good enough to name a segment by. */
  get settled(): boolean {
    return this.#firstArrivalMs !== null && this.#lastArrivalMs - this.#firstArrivalMs >= SETTLE_MS;
  }

  /** Wall time in milliseconds of an instant of the run. */
  wallMs(mediaMs: number): number {
    return Math.round(this.#smallestLagMs - PIPELINE_FRAMES * this.#frameMs + mediaMs);
  }
}
