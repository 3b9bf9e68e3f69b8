import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildTable, mediaEnd, mediaToWall, wallEnd, wallToMedia } from "./wall-clock-table.ts";

const START = Date.UTC(2026, 3, 9, 14);

/** Entries as a player places them: media without holes, wall time with gaps of `gapMs` before each entry. */
const tables = fc
  .array(
    fc.record({ gapMs: fc.constantFrom(0, 0, 0, 40, 12_000, 3_600_000), seconds: fc.integer({ min: 1, max: 10 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((entries) => {
    let [media, wall] = [0, START];
    return buildTable(
      entries.map(({ gapMs, seconds }) => {
        wall += gapMs;
        const fragment = { start: media, duration: seconds, programDateTime: wall };
        media += seconds;
        wall += seconds * 1000;
        return fragment;
      }),
    );
  });

describe("the table between wall time and player time", () => {
  it("gives back every moment of footage", () => {
    fc.assert(
      fc.property(tables, fc.double({ min: 0, max: 0.999, noNaN: true }), (table, part) => {
        const media = part * mediaEnd(table);
        const wall = mediaToWall(table, media);
        const placed = wallToMedia(table, wall ?? 0);
        expect(placed.kind).toBe("footage");
        if (placed.kind === "footage") expect(Math.abs(placed.mediaSeconds - media)).toBeLessThan(0.012);
      }),
    );
  });

  it("never runs backwards", () => {
    fc.assert(
      fc.property(
        tables,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (table, a, b) => {
          const [early, late] = [Math.min(a, b) * mediaEnd(table), Math.max(a, b) * mediaEnd(table)];
          expect(mediaToWall(table, early) ?? 0).toBeLessThanOrEqual(mediaToWall(table, late) ?? 0);
        },
      ),
    );
  });

  const withGap = buildTable([
    { start: 0, duration: 10, programDateTime: START },
    { start: 10, duration: 10, programDateTime: START + 22_000 },
  ]);

  it("answers a moment in a gap with the footage after it", () => {
    expect(wallToMedia(withGap, START + 15_000)).toMatchObject({ kind: "gap", wallMs: START + 22_000 });
    expect(wallToMedia(withGap, START - 60_000)).toMatchObject({ kind: "gap", wallMs: START });
  });

  it("takes a seam between segments for footage", () => {
    expect(wallToMedia(withGap, START + 21_900).kind).toBe("footage");
  });

  it("says when nothing follows", () => {
    expect(wallToMedia(withGap, START + 32_000)).toEqual({ kind: "after" });
    expect(wallEnd(withGap)).toBe(START + 32_000);
    expect(wallToMedia([], START)).toEqual({ kind: "after" });
    expect(mediaToWall([], 5)).toBeNull();
  });

  it("leaves out entries whose time is not known", () => {
    expect(buildTable([{ start: 0, duration: 6, programDateTime: null }])).toEqual([]);
  });
});
