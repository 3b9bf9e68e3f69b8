/** On a quiet network a picture that is this far ahead of the one that is shown is enough. */
const LEAST_TARGET_SECONDS = 0.1;
const MOST_TARGET_SECONDS = 1.5;
/** Each stall shows that the network needs more in reserve; what was added is given up slowly. */
const STALL_SECONDS = 0.1;
const DECAY_PER_SECOND = 0.02;
/** So far above the target it is caught up by skipping; less than that by playing a little faster. */
const SKIP_SECONDS = 0.5;
const TOLERANCE_SECONDS = 0.04;
/** Arrivals whose lowest reserve counts: a second and a half. */
const WINDOW = 6;

export interface Correction {
  /** Playback rate until the next arrival. */
  readonly rate: number;
  /** How far to skip ahead at once. */
  readonly skipSeconds: number;
}

/**
 * Keeps a live picture as near to now as the network allows. What counts is the reserve just before something arrives, the lowest it gets:
 * it is held at a target, which grows with every stall and shrinks slowly.
 */
export class LatencyKeeper {
  #targetSeconds = LEAST_TARGET_SECONDS;
  #lows: number[] = [];
  #lastMs: number | null = null;

  get targetSeconds(): number {
    return this.#targetSeconds;
  }

  /** Something is about to be added to a reserve of `aheadSeconds`. */
  arrived(aheadSeconds: number, nowMs: number): Correction {
    const passedSeconds = this.#lastMs === null ? 0 : (nowMs - this.#lastMs) / 1000;
    this.#lastMs = nowMs;
    this.#targetSeconds = Math.max(LEAST_TARGET_SECONDS, this.#targetSeconds - passedSeconds * DECAY_PER_SECOND);
    this.#lows.push(aheadSeconds);
    if (this.#lows.length > WINDOW) this.#lows.shift();
    const overSeconds = Math.min(...this.#lows) - this.#targetSeconds;
    if (this.#lows.length < WINDOW) return { rate: 1, skipSeconds: 0 };
    if (overSeconds > SKIP_SECONDS) {
      this.#lows = [];
      return { rate: 1, skipSeconds: overSeconds };
    }
    if (overSeconds > SKIP_SECONDS / 2) return { rate: 1.2, skipSeconds: 0 };
    if (overSeconds > SKIP_SECONDS / 4) return { rate: 1.1, skipSeconds: 0 };
    if (overSeconds > TOLERANCE_SECONDS) return { rate: 1.04, skipSeconds: 0 };
    return { rate: overSeconds < -TOLERANCE_SECONDS ? 0.96 : 1, skipSeconds: 0 };
  }

  /** The picture stood still because nothing was left to show. */
  stalled(): void {
    this.#targetSeconds = Math.min(MOST_TARGET_SECONDS, this.#targetSeconds + STALL_SECONDS);
    this.#lows = [];
  }

  /** The picture was moved: what was seen before says nothing any more. */
  moved(): void {
    this.#lows = [];
  }
}
