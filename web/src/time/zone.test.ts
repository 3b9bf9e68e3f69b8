import { describe, expect, it } from "vitest";
import { dateOf, dayBounds, wallClockOf, wholeDays } from "./zone.ts";

const HOUR_MS = 3_600_000;
const BERLIN = "Europe/Berlin";

describe("days in a camera's zone", () => {
  it("are 23 hours long when clocks go forward, 25 when they go back", () => {
    const hours = (date: string, zone: string) => {
      const { startMs, endMs } = dayBounds(date, zone);
      return (endMs - startMs) / HOUR_MS;
    };
    expect(hours("2026-03-29", BERLIN)).toBe(23);
    expect(hours("2026-10-25", BERLIN)).toBe(25);
    expect(hours("2026-10-24", BERLIN)).toBe(24);
    expect(hours("2026-10-04", "Australia/Lord_Howe")).toBe(23.5);
    // Clocks go forward at midnight: the day begins at one.
    expect(hours("2026-09-06", "America/Santiago")).toBe(23);
  });

  it("hold every moment exactly once, also of the hour that comes twice", () => {
    for (const date of ["2026-03-29", "2026-10-25"]) {
      const { startMs, endMs } = dayBounds(date, BERLIN);
      for (let ms = startMs; ms < endMs; ms += HOUR_MS / 4) expect(dateOf(ms, BERLIN)).toBe(date);
      expect(dateOf(startMs - 1, BERLIN)).not.toBe(date);
      expect(dateOf(endMs, BERLIN)).not.toBe(date);
    }
  });

  it("begin one after the other on the timeline, without a day left out or doubled", () => {
    const days = wholeDays(Date.UTC(2026, 9, 20), Date.UTC(2026, 10, 1), 1, BERLIN);
    expect(days.map((ms) => dateOf(ms, BERLIN)).slice(0, 7)).toEqual([
      "2026-10-21",
      "2026-10-22",
      "2026-10-23",
      "2026-10-24",
      "2026-10-25",
      "2026-10-26",
      "2026-10-27",
    ]);
    expect(days.map((ms) => wallClockOf(ms, BERLIN).slice(11))).toEqual(days.map(() => "00:00:00"));
  });

  it("show the clock of the zone, before and after it goes back", () => {
    const twoThirty = Date.UTC(2026, 9, 25, 0, 30);
    expect(wallClockOf(twoThirty, BERLIN)).toBe("2026-10-25 02:30:00");
    expect(wallClockOf(twoThirty + HOUR_MS, BERLIN)).toBe("2026-10-25 02:30:00");
  });
});
