import { describe, expect, it } from "vitest";
import { localDays, overlapMs } from "./days.ts";

const BERLIN = "Europe/Berlin";
const at = (text: string) => Date.parse(text);
const hours = ({ startMs, endMs }: { startMs: number; endMs: number }) => (endMs - startMs) / 3_600_000;

describe("the days of a month", () => {
  it("have 23 hours when Berlin's clocks go forward and 25 when they go back", () => {
    const [march, october] = [localDays("2026-03", BERLIN), localDays("2026-10", BERLIN)];
    expect(march).toHaveLength(31);
    const odd = (days: typeof march) =>
      days.filter((day) => hours(day) !== 24).map((day) => [day.date, hours(day)] as const);
    expect(odd(march)).toEqual([["2026-03-29", 23]]);
    expect(odd(october)).toEqual([["2026-10-25", 25]]);
  });

  it("begin and end at local midnight, each where the one before ends", () => {
    const days = localDays("2026-04", BERLIN);
    expect(days[0]).toEqual({
      date: "2026-04-01",
      startMs: at("2026-03-31T22:00:00Z"),
      endMs: at("2026-04-01T22:00:00Z"),
    });
    expect(days.at(-1)?.endMs).toBe(at("2026-04-30T22:00:00Z"));
    for (const [i, day] of days.entries()) expect(day.startMs).toBe(days[i - 1]?.endMs ?? day.startMs);
    expect(localDays("2026-12", BERLIN).at(-1)?.endMs).toBe(at("2026-12-31T23:00:00Z"));
  });

  it("begin where the zone's day begins, even when midnight does not exist", () => {
    const day = localDays("2018-11", "America/Sao_Paulo").find(({ date }) => date === "2018-11-04");
    expect(day === undefined ? 0 : hours(day)).toBe(23);
  });

  it("are told again as they were, of each zone its own", () => {
    const berlin = localDays("2026-05", BERLIN);
    expect(localDays("2026-05", "UTC")[0]?.startMs).toBe(at("2026-05-01T00:00:00Z"));
    expect(localDays("2026-05", BERLIN)).toEqual(berlin);
  });
});

it("spans have in common what lies in both", () => {
  const span = (startMs: number, endMs: number) => ({ startMs, endMs });
  expect(overlapMs(span(0, 10), span(5, 20))).toBe(5);
  expect(overlapMs(span(0, 10), span(2, 3))).toBe(1);
  expect(overlapMs(span(0, 10), span(10, 20))).toBe(0);
  expect(overlapMs(span(30, 40), span(10, 20))).toBe(0);
});
