const FIRST_MS = 500;
/** A worker that has failed so often in a row is parked: what it lacks does not come back within seconds. */
export const PARKED_FROM = 5;
const PARKED_MS = 5 * 60_000;

/**
 * How long to wait before a worker that failed `inARow` times is started again, milliseconds: half a second, doubling; from the fifth time
 * on five minutes. Pure.
 */
export function restartDelayMs(inARow: number): number {
  return inARow >= PARKED_FROM ? PARKED_MS : FIRST_MS * 2 ** Math.max(0, inARow - 1);
}
