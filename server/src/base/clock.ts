/** The only place that asks the machine for the time. Everything else takes a `Clock`, so that tests can move it. */
export interface Clock {
  /** Wall time, milliseconds since 1970-01-01T00:00Z. Can step. */
  nowMs(): number;
  /** Milliseconds since some fixed instant. Never steps; for durations and time-outs. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`; the answer cancels it. Does not keep the process alive. */
  after(delayMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
