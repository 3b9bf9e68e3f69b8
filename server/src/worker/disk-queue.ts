import type { Clock } from "../base/clock.ts";

/**
 * Does one camera's file calls one after the other, in the order they were asked for, so that the stream never waits for the disk. Keeps
 * count of the bytes that wait, and for how long.
 */
export class DiskQueue {
  readonly #clock: Clock;
  #tail: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  /** Since when each job waits, monotonic; the oldest first. */
  #waitingSinceMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Bytes handed over and not yet written. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** For how long the oldest job has waited; 0 when none does. */
  get waitingMs(): number {
    const [oldest] = this.#waitingSinceMs;
    return oldest === undefined ? 0 : this.#clock.monotonicMs() - oldest;
  }

  /** Queues a job that holds `bytes` in memory until it is done. The job must not throw: what can fail it handles itself. */
  add(job: () => Promise<void>, bytes = 0): void {
    this.#waitingBytes += bytes;
    this.#waitingSinceMs.push(this.#clock.monotonicMs());
    this.#tail = this.#after(this.#tail, job, bytes);
  }

  async #after(before: Promise<void>, job: () => Promise<void>, bytes: number): Promise<void> {
    try {
      await before;
      await job();
    } finally {
      this.#waitingBytes -= bytes;
      this.#waitingSinceMs.shift();
    }
  }

  /** Resolves when all that has been asked for so far is done. */
  idle(): Promise<void> {
    return this.#tail;
  }
}
