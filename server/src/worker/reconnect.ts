import type { GapCause } from "@nightjar/api/camera";

/** Where a series of failed connections stands. */
export interface Attempt {
  /** Monotonic time of its first failure; null while connected. */
  readonly failingSinceMs: number | null;
  readonly cause: GapCause | null;
}

const FIRST_DELAY_MS = 1000;
const SPREAD = 0.2;
/** For this long a camera that is away is tried every second. */
const EAGER_MS = 600_000;
const PATIENT_DELAY_MS = 30_000;
/** Cameras lock an account after some wrong passwords. */
const AUTH_FAILED_DELAY_MS = 60_000;

/** How long to wait before the next connection, milliseconds. Pure; `random` is from [0, 1) and keeps many cameras from coming at once. */
export function reconnectDelayMs(attempt: Attempt, nowMs: number, random: number): number {
  if (attempt.cause === "auth_failed") return AUTH_FAILED_DELAY_MS;
  const failingMs = attempt.failingSinceMs === null ? 0 : nowMs - attempt.failingSinceMs;
  const spread = 1 + SPREAD * (2 * random - 1);
  if (failingMs <= EAGER_MS) return FIRST_DELAY_MS * spread;
  return Math.min(PATIENT_DELAY_MS, FIRST_DELAY_MS * 2 ** ((failingMs - EAGER_MS) / 60_000)) * spread;
}
