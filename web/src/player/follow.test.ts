import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correctionOf } from "./follow.ts";

const TICK_MS = 20;

/** Plays on as it is told; answers by how much it is ahead after some seconds. */
function followed(aheadMs: number, speed: number, seconds: number): number {
  let [ahead, held, jumpedAt] = [aheadMs, false, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < seconds * 1000; at += TICK_MS) {
    const correction = correctionOf(ahead, speed, held, at - jumpedAt > 2000);
    held = correction.do === "hold";
    if (correction.do === "hold") ahead -= TICK_MS * speed;
    else if (correction.do === "rate") ahead += (correction.factor - 1) * TICK_MS * speed;
    else [ahead, jumpedAt] = [-80, at];
  }
  return ahead;
}

describe("a picture that follows the clock", () => {
  it("comes to within 30 ms of it within four seconds, from wherever it was", () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000, max: 900 }), fc.constantFrom(0.5, 1, 2, 4), (ahead, speed) => {
        expect(Math.abs(followed(ahead, speed, 4))).toBeLessThan(30 * Math.max(1, speed));
      }),
    );
  });

  it("is left alone when it is there", () => {
    expect(correctionOf(8, 1, false, true)).toEqual({ do: "rate", factor: 1 });
    expect(correctionOf(-8, 1, false, true)).toEqual({ do: "rate", factor: 1 });
  });

  it("does not jump again just after it has jumped", () => {
    expect(correctionOf(-5000, 1, false, true).do).toBe("seek");
    expect(correctionOf(-5000, 1, false, false)).toEqual({ do: "rate", factor: 1.24 });
  });
});
