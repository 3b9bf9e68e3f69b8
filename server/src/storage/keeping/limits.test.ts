import { describe, expect, it } from "vitest";
import { missingFreeBytes, nextCheckMs, stopBelowBytes } from "./limits.ts";

const GB = 1e9;
const MB = 1e6;

describe("where recording has to stop", () => {
  it("is at 2 % free or ten minutes of writing without auto delete, whichever is more", () => {
    expect(stopBelowBytes({ sizeBytes: 100 * GB, freeBytes: 0 }, false, MB)).toBe(2 * GB);
    expect(stopBelowBytes({ sizeBytes: 10 * GB, freeBytes: 0 }, false, MB)).toBe(600 * MB);
    expect(stopBelowBytes(null, false, MB)).toBe(0);
  });

  it("is a floor with auto delete, which large disks do not waste", () => {
    expect(stopBelowBytes({ sizeBytes: 0.3 * GB, freeBytes: 0 }, true, MB)).toBe(6 * MB);
    expect(stopBelowBytes({ sizeBytes: 10_000 * GB, freeBytes: 0 }, true, MB)).toBe(600 * MB);
  });
});

describe("what should be free", () => {
  const missing = (freeBytes: number, footageBytes: number) =>
    missingFreeBytes({ sizeBytes: 100 * GB, freeBytes }, { lowSpacePercent: 10, footageBytes, stopBytes: GB });

  it("is the share that was set, where footage can bring it back", () => {
    expect(missing(4 * GB, 50 * GB)).toBe(6 * GB);
    expect(missing(20 * GB, 50 * GB)).toBe(-10 * GB);
  });

  it("is only what recording needs to go on where others fill the disk", () => {
    expect(missing(4 * GB, 2 * GB)).toBeLessThan(0);
    expect(missing(GB, 2 * GB)).toBe(0.25 * GB);
  });
});

it("the disk is looked at before a quarter of what is left can have been written, and at least every minute", () => {
  expect(nextCheckMs({ sizeBytes: GB, freeBytes: 50 * MB }, 10 * MB, MB)).toBe(10_000);
  expect(nextCheckMs({ sizeBytes: GB, freeBytes: 10 * MB }, 10 * MB, MB)).toBe(2000);
  expect(nextCheckMs({ sizeBytes: GB, freeBytes: GB }, 10 * MB, MB)).toBe(60_000);
  expect(nextCheckMs(null, 0, MB)).toBe(60_000);
});
