import { describe, expect, it } from "vitest";
import { LatencyKeeper } from "./latency-keeper.ts";

/** Lets fragments arrive every quarter of a second, with the reserve just before each as given. */
function arrivals(keeper: LatencyKeeper, aheadSeconds: number, count: number, fromMs = 0) {
  const corrections = [];
  for (let i = 0; i < count; i += 1) corrections.push(keeper.arrived(aheadSeconds, fromMs + i * 250));
  return corrections;
}

describe("the distance of a live picture from now", () => {
  it("is left alone where it is right", () => {
    const keeper = new LatencyKeeper();
    expect(arrivals(keeper, 0.1, 20).every(({ rate, skipSeconds }) => rate === 1 && skipSeconds === 0)).toBe(true);
  });

  it("is shortened by playing faster where it is a little too long, and by one skip where it is much too long", () => {
    expect(arrivals(new LatencyKeeper(), 0.2, 10).at(-1)?.rate).toBeGreaterThan(1);
    const far = arrivals(new LatencyKeeper(), 3, 10).filter(({ skipSeconds }) => skipSeconds > 0);
    expect(far).toHaveLength(1);
    expect(far[0]?.skipSeconds).toBeCloseTo(2.9);
  });

  it("is judged by the lowest reserve of the last seconds, not by one that arrives late or early", () => {
    const keeper = new LatencyKeeper();
    arrivals(keeper, 0.1, 10);
    expect(keeper.arrived(5, 2500)).toEqual({ rate: 1, skipSeconds: 0 });
  });

  it("grows with every stall, within bounds, and shrinks again when there are none", () => {
    const keeper = new LatencyKeeper();
    const quiet = keeper.targetSeconds;
    keeper.stalled();
    const once = keeper.targetSeconds;
    expect(once).toBeGreaterThan(quiet);
    for (let i = 0; i < 100; i += 1) keeper.stalled();
    expect(keeper.targetSeconds).toBeLessThanOrEqual(1.5);
    arrivals(keeper, 2, 4 * 600);
    expect(keeper.targetSeconds).toBe(quiet);
  });
});
