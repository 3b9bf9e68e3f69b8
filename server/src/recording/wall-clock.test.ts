import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SETTLE_MS, WallClock } from "./wall-clock.ts";

const ZERO_MS = Date.UTC(2026, 3, 9, 14);
const FRAME_MS = 40;
const FRAGMENT_MS = 240;

/** A clock that has seen fragments arrive, each by `delaysMs` later than it can at best. */
function watched(delaysMs: readonly number[]): WallClock {
  const clock = new WallClock();
  for (const [index, delayMs] of delaysMs.entries()) {
    const mediaMs = index * FRAGMENT_MS;
    clock.observe(ZERO_MS + mediaMs + 2 * FRAME_MS + delayMs, mediaMs, FRAME_MS);
  }
  return clock;
}

describe("the mapping of media time to wall time", () => {
  it("is right whatever probing and network hold back, once a fragment has come without delay", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 30 }), fc.nat(29), (delaysMs, at) => {
        const delays = [...delaysMs.slice(0, at), 0, ...delaysMs.slice(at)];
        const clock = watched(delays);
        expect(clock.wallMs(0)).toBe(ZERO_MS);
        expect(clock.wallMs(1234.4)).toBe(ZERO_MS + 1234);
      }),
    );
  });

  it("has settled when it was watched for two seconds, not before", () => {
    expect(watched([]).settled).toBe(false);
    expect(watched([0]).settled).toBe(false);
    const count = Math.ceil(SETTLE_MS / FRAGMENT_MS);
    expect(watched(Array<number>(count).fill(0)).settled).toBe(false);
    expect(watched(Array<number>(count + 1).fill(0)).settled).toBe(true);
  });
});
