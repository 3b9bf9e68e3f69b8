import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reconnectDelayMs } from "./reconnect.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const MINUTE_MS = 60_000;

describe("the wait before the next connection", () => {
  it("is one second, give or take a fifth, for ten minutes", () => {
    fc.assert(
      fc.property(fc.nat(10 * MINUTE_MS), random, (failingMs, chance) => {
        const delayMs = reconnectDelayMs({ failingSinceMs: 500, cause: "camera_offline" }, 500 + failingMs, chance);
        expect(delayMs).toBeGreaterThanOrEqual(800);
        expect(delayMs).toBeLessThanOrEqual(1200);
      }),
    );
    expect(reconnectDelayMs({ failingSinceMs: null, cause: "camera_offline" }, 99 * MINUTE_MS, 0.5)).toBe(1000);
  });

  it("grows after that, never beyond half a minute", () => {
    const at = (minutes: number) =>
      reconnectDelayMs({ failingSinceMs: 0, cause: "stream_stalled" }, minutes * MINUTE_MS, 0.5);
    expect(at(12)).toBeGreaterThan(at(11));
    expect(at(60)).toBe(30_000);
    expect(at(60 * 24 * 365)).toBe(30_000);
  });

  it("is a whole minute after a wrong password, as cameras lock accounts", () => {
    expect(reconnectDelayMs({ failingSinceMs: 0, cause: "auth_failed" }, 1, 0)).toBe(60_000);
  });
});
