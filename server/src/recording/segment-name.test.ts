import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPartName, nextBoundaryMs, partName, segmentName, segmentNameStartMs } from "./segment-name.ts";

const DAY_MS = 86_400_000;
const instant = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });

describe("the name of a segment", () => {
  it("is the UTC second of its first frame, and tells it back", () => {
    expect(segmentName(Date.UTC(2026, 3, 9, 14, 30, 0, 999))).toBe("2026-04-09_14-30-00.mp4");
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 9999 }), (startMs, ordinal) => {
        expect(segmentNameStartMs(segmentName(startMs, ordinal))).toBe(startMs - (startMs % 1000));
      }),
    );
  });

  it("sorts as time does, and tells segments of one second apart", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1000, max: DAY_MS }), (startMs, laterMs) => {
        expect(segmentName(startMs) < segmentName(startMs + laterMs)).toBe(true);
      }),
    );
    expect([1, 2, 3].map((ordinal) => segmentName(0, ordinal))).toEqual([
      "1970-01-01_00-00-00.mp4",
      "1970-01-01_00-00-00-2.mp4",
      "1970-01-01_00-00-00-3.mp4",
    ]);
  });

  it("is not that of a file that is something else", () => {
    for (const name of [
      "x.mp4",
      "2026-13-09_14-30-00.mp4",
      "2026-04-09_14-30-00.mp4.tmp",
      "../2026-04-09_14-30-00.mp4",
    ]) {
      expect(segmentNameStartMs(name)).toBeNull();
    }
    expect(segmentNameStartMs(partName("a-run"))).toBeNull();
    expect([isPartName(partName("a-run")), isPartName(segmentName(0))]).toEqual([true, false]);
  });
});

describe("the next boundary", () => {
  it("is the first multiple of the length from UTC midnight behind the start, and midnight itself always is one", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 10, max: 3600 }), (startMs, seconds) => {
        const boundaryMs = nextBoundaryMs(startMs, seconds * 1000);
        const intoDayMs = (boundaryMs - 1) % DAY_MS;
        expect(boundaryMs).toBeGreaterThan(startMs);
        expect(boundaryMs - startMs).toBeLessThanOrEqual(seconds * 1000);
        const atMidnight = boundaryMs % DAY_MS === 0;
        expect(atMidnight || (intoDayMs + 1) % (seconds * 1000) === 0).toBe(true);
      }),
    );
  });
});
