/** What is done to a picture so that it comes to the clock. */
export type Correction =
  /** Stands until the clock comes along. */
  | { readonly do: "hold" }
  /** So far behind that it must jump. */
  | { readonly do: "seek" }
  /** Plays by this factor faster or slower. */
  | { readonly do: "rate"; readonly factor: number };

/** Further ahead of the clock, it waits. */
const HOLD_MS = 150;
/** Further behind the clock, it jumps. */
const SEEK_MS = 600;
/** Nearer than this to the clock it is left alone. */
const GOOD_MS = 12;
const STRONGEST = 0.24;
/** Browsers play no slower than a sixteenth of the speed. */
const LEAST_FACTOR = 0.5;

/**
 * How one picture is brought to the clock of all. `aheadMs`: milliseconds, of the day, that it is ahead of the clock; `held`: it stands
 * already; `mayJump`: it has not just done so.
 */
export function correctionOf(aheadMs: number, speed: number, held: boolean, mayJump: boolean): Correction {
  const ahead = aheadMs / Math.max(1, speed);
  if (ahead > (held ? 0 : HOLD_MS)) return { do: "hold" };
  if (ahead < -SEEK_MS && mayJump) return { do: "seek" };
  if (Math.abs(ahead) < GOOD_MS) return { do: "rate", factor: 1 };
  const strength = Math.min(STRONGEST, Math.max(-STRONGEST, -ahead / 500));
  // Slow pictures come to the clock as soon as others: a quarter of half the speed would be half as much.
  const ofSpeed = strength / Math.min(1, speed);
  // In steps: telling a browser another rate for every frame costs more than it brings.
  return { do: "rate", factor: Math.max(LEAST_FACTOR, 1 + Math.round(ofSpeed * 50) / 50) };
}
