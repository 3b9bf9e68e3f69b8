/** The speeds a person can choose, slowest first; browsers play 0.0625 to 16. */
export const SPEEDS = [0.2, 0.25, 0.5, 1, 2, 4, 5, 8, 16] as const;

export type Speed = (typeof SPEEDS)[number];

/** The next faster (`1`) or slower (`-1`) speed; at the end of the list the same. */
export function nextSpeed(speed: Speed, direction: 1 | -1): Speed {
  return SPEEDS[SPEEDS.indexOf(speed) + direction] ?? speed;
}

/** `value` when it is one of the speeds, else null. */
export function asSpeed(value: unknown): Speed | null {
  return SPEEDS.find((speed) => speed === value) ?? null;
}
