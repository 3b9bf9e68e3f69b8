/** A clock that was set is given this long to turn out right. */
export const AFTER_STEP_MS = 600_000;
/** One that is further ahead than this of what it was believed last may be wrong. */
export const BELIEVED_AHEAD_MS = 86_400_000;

export interface ClockFacts {
  readonly nowMs: number;
  /** Up to where the clock was believed, or the end of the newest footage, whichever is later; null: nothing is known. */
  readonly believedMs: number | null;
  /** How long ago the clock was set, by a clock that never is; null: not while anybody looked. */
  readonly sinceStepMs: number | null;
  /** Whether somebody who must know says that it is right: a time service, or an administrator. */
  readonly confirmed: boolean;
}

export type ClockTrust =
  | { readonly kind: "believed" }
  | { readonly kind: "stepped"; readonly believedMs: number | null }
  /** It is so much ahead of all that is known. */
  | { readonly kind: "ahead"; readonly believedMs: number };

/** What the time is at least, by a clock that is believed or by what it was believed last; null: not known. Pure. */
export function certainMs(trust: ClockTrust, nowMs: number): number | null {
  return trust.kind === "believed" ? nowMs : trust.believedMs;
}

/**
 * Whether footage may be deleted because of its age: a clock that is wrong makes all of it look old. Footage that is recorded while the
 * clock is not believed does not make it believed. Pure.
 */
export function trustClock({ nowMs, believedMs, sinceStepMs, confirmed }: ClockFacts): ClockTrust {
  if (sinceStepMs !== null && sinceStepMs < AFTER_STEP_MS) return { kind: "stepped", believedMs };
  if (confirmed || believedMs === null || nowMs - believedMs <= BELIEVED_AHEAD_MS) return { kind: "believed" };
  return { kind: "ahead", believedMs };
}
