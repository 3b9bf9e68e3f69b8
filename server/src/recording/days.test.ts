import { describe, expect, it } from "vitest";
import { footageDays, monthBounds } from "./days.ts";

const BERLIN = "Europe/Berlin";
const at = (text: string) => Date.parse(text);

describe("the days of a month", () => {
  it("have 23 hours when Berlin's clocks go forward and 25 when they go back", () => {
    const always = [{ startMs: at("2026-01-01T00:00:00Z"), endMs: at("2027-01-01T00:00:00Z") }];
    const march = footageDays(always, "2026-03", BERLIN);
    const october = footageDays(always, "2026-10", BERLIN);
    expect(march).toHaveLength(31);
    expect(march.filter((day) => day.seconds !== 86_400)).toEqual([{ date: "2026-03-29", seconds: 23 * 3600 }]);
    expect(october.filter((day) => day.seconds !== 86_400)).toEqual([{ date: "2026-10-25", seconds: 25 * 3600 }]);
  });

  it("share footage that crosses local midnight", () => {
    const span = { startMs: at("2026-04-09T21:50:00Z"), endMs: at("2026-04-09T22:20:00Z") };
    expect(footageDays([span], "2026-04", BERLIN)).toEqual([
      { date: "2026-04-09", seconds: 600 },
      { date: "2026-04-10", seconds: 1200 },
    ]);
  });

  it("leave out what lies in other months, and days without footage", () => {
    const spans = [
      { startMs: at("2026-03-31T21:59:00Z"), endMs: at("2026-03-31T22:01:00Z") },
      { startMs: at("2026-04-30T21:59:00Z"), endMs: at("2026-04-30T22:01:00Z") },
    ];
    expect(footageDays(spans, "2026-04", BERLIN)).toEqual([
      { date: "2026-04-01", seconds: 60 },
      { date: "2026-04-30", seconds: 60 },
    ]);
    expect(footageDays([], "2026-04", BERLIN)).toEqual([]);
  });

  it("count an instant that is covered twice once", () => {
    const startMs = at("2026-04-09T10:00:00Z");
    const spans = [
      { startMs, endMs: startMs + 60_000 },
      { startMs: startMs + 10_000, endMs: startMs + 20_000 },
      { startMs: startMs + 30_000, endMs: startMs + 90_000 },
    ];
    expect(footageDays(spans, "2026-04", BERLIN)).toEqual([{ date: "2026-04-09", seconds: 90 }]);
  });

  it("begin where the zone's day begins, even when midnight does not exist", () => {
    expect(monthBounds("2026-04", BERLIN)).toEqual({
      startMs: at("2026-03-31T22:00:00Z"),
      endMs: at("2026-04-30T22:00:00Z"),
    });
    const always = [{ startMs: at("2018-10-01T00:00:00Z"), endMs: at("2018-12-01T00:00:00Z") }];
    const saoPaulo = footageDays(always, "2018-11", "America/Sao_Paulo");
    expect(saoPaulo.find((day) => day.date === "2018-11-04")).toEqual({ date: "2018-11-04", seconds: 23 * 3600 });
  });
});
