const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before a worker that failed `inARow` times is started again, milliseconds: half a second, doubling. Pure. */
export function restartDelayMs(inARow: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, inARow - 1));
}
