/** A span of a camera that no kind of deletion touches. Half-open, as footage is. */
export interface LockedSpan {
  readonly startMs: number;
  readonly endMs: number;
  /** null: it holds until somebody takes it away. */
  readonly expiresAtMs: number | null;
}

/** Whether a lock that still holds at `nowMs` protects anything of a span. Pure. */
export function isLocked(
  span: { readonly startMs: number; readonly endMs: number },
  locks: readonly LockedSpan[],
  nowMs: number,
): boolean {
  return locks.some(
    (lock) =>
      lock.startMs < span.endMs && span.startMs < lock.endMs && (lock.expiresAtMs === null || lock.expiresAtMs > nowMs),
  );
}
