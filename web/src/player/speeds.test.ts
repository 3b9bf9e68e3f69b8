import { describe, expect, it } from "vitest";
import { asSpeed, nextSpeed, SPEEDS } from "./speeds.ts";

describe("the speeds", () => {
  it("are gone through one by one and stop at both ends", () => {
    expect(nextSpeed(1, 1)).toBe(2);
    expect(nextSpeed(1, -1)).toBe(0.5);
    expect(nextSpeed(16, 1)).toBe(16);
    expect(nextSpeed(0.2, -1)).toBe(0.2);
  });

  it("are all within what browsers play", () => {
    expect(Math.min(...SPEEDS)).toBeGreaterThanOrEqual(0.0625);
    expect(Math.max(...SPEEDS)).toBeLessThanOrEqual(16);
  });

  it("refuse any other value of an address", () => {
    expect([3, "1", Number.NaN, undefined].map(asSpeed)).toEqual([null, null, null, null]);
  });
});
