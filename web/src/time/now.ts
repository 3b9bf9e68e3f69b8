/** The page's only reader of the clock: wall time of this device in milliseconds since 1970. */
export function nowMs(): number {
  return Date.now();
}
