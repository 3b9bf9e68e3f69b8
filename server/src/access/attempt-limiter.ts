import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";

/** More than this many keys are not remembered: an attacker must not fill the memory with invented names. */
const MAX_KEYS = 10_000;

export interface AttemptLimit {
  readonly attempts: number;
  readonly windowMs: number;
}

/** Counts attempts by key over a sliding window, in memory. */
export class AttemptLimiter {
  readonly #clock: Clock;
  readonly #limit: AttemptLimit;
  /** Times of the attempts, oldest first, in the order in which the keys were last used. */
  readonly #attempts = new Map<string, number[]>();

  constructor(clock: Clock, limit: AttemptLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /**
   * Counts an attempt before its outcome is known, so that many at once cannot slip through. Answers what takes it back (for one that
   * succeeded). Throws `rate_limited` with `details.retry_after_seconds`; a refused attempt is not counted.
   */
  take(key: string): () => void {
    const nowMs = this.#clock.monotonicMs();
    const recent = (this.#attempts.get(key) ?? []).filter((atMs) => atMs > nowMs - this.#limit.windowMs);
    const [oldestMs] = recent;
    if (oldestMs !== undefined && recent.length >= this.#limit.attempts) {
      throw tooManyAttempts(Math.ceil((oldestMs + this.#limit.windowMs - nowMs) / 1000));
    }
    this.#remember(key, [...recent, nowMs]);
    return () => this.#takeBack(key, nowMs);
  }

  #remember(key: string, attempts: number[]): void {
    this.#attempts.delete(key);
    if (attempts.length > 0) this.#attempts.set(key, attempts);
    const longestUnused = this.#attempts.keys().next();
    if (this.#attempts.size > MAX_KEYS && longestUnused.done === false) this.#attempts.delete(longestUnused.value);
  }

  #takeBack(key: string, atMs: number): void {
    const attempts = this.#attempts.get(key) ?? [];
    const index = attempts.indexOf(atMs);
    if (index >= 0) this.#remember(key, attempts.toSpliced(index, 1));
  }
}

function tooManyAttempts(retryAfterSeconds: number): NightjarError {
  return new NightjarError("rate_limited", `Too many attempts; try again in ${retryAfterSeconds} seconds.`, {
    details: { retry_after_seconds: retryAfterSeconds },
  });
}
