import type { Clock } from "../base/clock.ts";

/** Less is slewing and the rounding of two clocks read one after the other. */
const STEP_MS = 500;

/** Notices when somebody sets the machine's clock: wall time then moves by another amount than monotonic time. */
export class ClockWatch {
  readonly #clock: Clock;
  #offsetMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
  }

  /** By how many milliseconds the clock was set since the last call (negative: back); 0 when it was not. */
  step(): number {
    const offsetMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    const byMs = offsetMs - this.#offsetMs;
    // Slewing is followed, so that it never adds up to a step.
    this.#offsetMs = offsetMs;
    return Math.abs(byMs) >= STEP_MS ? Math.round(byMs) : 0;
  }
}
