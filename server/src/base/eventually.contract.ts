import { vi } from "vitest";

/** Waits, in real time, until `check` no longer throws. The bound is against hanging, not a measure of speed. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000, interval: 20 });
}
