import type { Clock } from "./clock.ts";

interface Pending {
  readonly atMs: number;
  readonly action: () => void;
}

/** A clock for tests: stands still until `advance` is called, then runs what has become due, in order. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #pending: Pending[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const entry: Pending = { atMs: this.#monotonicMs + delayMs, action };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** Lets `durationMs` pass, running due actions at their own instants. */
  advance(durationMs: number): void {
    const endMs = this.#monotonicMs + durationMs;
    for (;;) {
      const next = this.#pending.filter((p) => p.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#pending = this.#pending.filter((other) => other !== next);
      this.#moveTo(Math.max(next.atMs, this.#monotonicMs));
      next.action();
    }
    this.#moveTo(endMs);
  }

  /** A step of the wall clock, as by NTP or by hand; monotonic time is untouched. */
  step(byMs: number): void {
    this.#nowMs += byMs;
  }

  #moveTo(monotonicMs: number): void {
    this.#nowMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
