import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { type ScheduleWindow, scheduleAt, WEEKDAYS, type WindowMode } from "./schedule.ts";

const MINUTE_MS = 60_000;
const BERLIN = "Europe/Berlin";
const window = (days: string, start: string, end: string, mode: WindowMode = "continuous"): ScheduleWindow => ({
  days: WEEKDAYS.filter((day) => days.includes(day)),
  start,
  end,
  mode,
});
/** Milliseconds of a local time; `offset` says which one where it comes twice. */
const at = (local: string, offset = "", zone = BERLIN) =>
  Temporal.ZonedDateTime.from(`${local}${offset}[${zone}]`, { offset: "reject" }).epochMilliseconds;

describe("a schedule", () => {
  it("is inside from the start of a window up to its end, and says when that changes", () => {
    const work = [window("mon tue", "08:00", "18:00")];
    // 2026-04-06 is a Monday.
    const [start, end] = [at("2026-04-06T08:00"), at("2026-04-06T18:00")];
    expect(scheduleAt(work, start - 1, BERLIN)).toEqual({ mode: null, nextChangeMs: start });
    expect(scheduleAt(work, start, BERLIN)).toEqual({ mode: "continuous", nextChangeMs: end });
    expect(scheduleAt(work, end - 1, BERLIN)).toEqual({ mode: "continuous", nextChangeMs: end });
    expect(scheduleAt(work, end, BERLIN)).toEqual({ mode: null, nextChangeMs: at("2026-04-07T08:00") });
    expect(scheduleAt(work, at("2026-04-07T18:00"), BERLIN).nextChangeMs).toBe(at("2026-04-13T08:00"));
  });

  it("crosses midnight, by the day on which the window begins", () => {
    const night = [window("sat", "22:00", "06:00", "motion")];
    expect(scheduleAt(night, at("2026-04-12T05:59"), BERLIN)).toEqual({
      mode: "motion",
      nextChangeMs: at("2026-04-12T06:00"),
    });
    expect(scheduleAt(night, at("2026-04-11T05:59"), BERLIN).mode).toBeNull();
  });

  it("knows the whole day, as 00:00 to 24:00 and as the same time twice", () => {
    const whole = [window("wed", "00:00", "24:00"), window("fri", "07:00", "07:00")];
    expect(scheduleAt(whole, at("2026-04-08T00:00"), BERLIN).nextChangeMs).toBe(at("2026-04-09T00:00"));
    expect(scheduleAt(whole, at("2026-04-10T07:00"), BERLIN).nextChangeMs).toBe(at("2026-04-11T07:00"));
  });

  it("that covers every day never changes, and one without windows never begins", () => {
    const always = [window("mon tue wed thu fri sat sun", "00:00", "24:00")];
    expect(scheduleAt(always, at("2026-04-08T00:00"), BERLIN)).toEqual({ mode: "continuous", nextChangeMs: null });
    expect(scheduleAt([], at("2026-04-08T00:00"), BERLIN)).toEqual({ mode: null, nextChangeMs: null });
  });

  it("prefers continuous where windows overlap", () => {
    const both = [window("mon", "08:00", "20:00", "motion"), window("mon", "10:00", "12:00")];
    const modes = ["09:00", "10:00", "12:00"].map((time) => scheduleAt(both, at(`2026-04-06T${time}`), BERLIN).mode);
    expect(modes).toEqual(["motion", "continuous", "motion"]);
  });

  it("is right across both changes of the clocks", () => {
    // On 2026-03-29 it is 03:00 at 02:00; on 2026-10-25 it is 02:00 at 03:00.
    const skipped = [window("sun", "02:15", "02:45")];
    const next = scheduleAt(skipped, at("2026-03-22T03:00"), BERLIN);
    expect(next).toEqual({ mode: null, nextChangeMs: at("2026-04-05T02:15") });
    const half = [window("sun", "02:30", "04:00")];
    expect(scheduleAt(half, at("2026-03-29T01:59"), BERLIN).nextChangeMs).toBe(at("2026-03-29T03:00"));
    const twice = [window("sun", "02:15", "02:45")];
    const begins = at("2026-10-25T02:15", "+02:00");
    expect(scheduleAt(twice, begins - 1, BERLIN).nextChangeMs).toBe(begins);
    expect(scheduleAt(twice, begins, BERLIN).nextChangeMs).toBe(at("2026-10-25T02:45", "+01:00"));
    const day = [window("sun", "00:00", "24:00")];
    const length = (date: string) => {
      const startMs = at(`${date}T00:00`);
      return ((scheduleAt(day, startMs, BERLIN).nextChangeMs ?? 0) - startMs) / 3_600_000;
    };
    expect([length("2026-03-29"), length("2026-10-25"), length("2026-04-05")]).toEqual([23, 25, 24]);
  });
});

/** Weeks with a change of the clocks, and one without; Lord Howe changes by half an hour, Havana at midnight. */
const PLACES: readonly (readonly [zone: string, around: string])[] = [
  [BERLIN, "2026-03-29"],
  [BERLIN, "2026-10-25"],
  [BERLIN, "2026-07-01"],
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["America/Havana", "2026-03-08"],
  ["America/Havana", "2026-11-01"],
  ["Asia/Kathmandu", "2026-05-05"],
];
const DAYS_EACH_WAY = 3;

interface LocalMinute {
  readonly ms: number;
  /** `2026-04-09T14:30`, which sorts by time. */
  readonly local: string;
}

/** Every minute of the days around a date, with what the clock on the wall shows. */
function minutesAround(zone: string, date: string): readonly LocalMinute[] {
  const middle = Temporal.PlainDate.from(date);
  const first = middle.subtract({ days: DAYS_EACH_WAY }).toZonedDateTime(zone).epochMilliseconds;
  const last = middle.add({ days: DAYS_EACH_WAY + 1 }).toZonedDateTime(zone).epochMilliseconds;
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return Array.from({ length: (last - first) / MINUTE_MS }, (_, i) => {
    const ms = first + i * MINUTE_MS;
    return { ms, local: format.format(ms).replace(" ", "T") };
  });
}

/** From the first minute at which the wall shows the start or more, to the last at which it shows the end or less. */
function spanByWall(minutes: readonly LocalMinute[], startLocal: string, endLocal: string): [number, number] {
  const start = minutes.find(({ local }) => local >= startLocal)?.ms ?? Number.POSITIVE_INFINITY;
  const last = minutes.findLast(({ local }) => local <= endLocal);
  if (last === undefined) return [start, start];
  return [start, last.local === endLocal ? last.ms : last.ms + MINUTE_MS];
}

function spansByWall(minutes: readonly LocalMinute[], windows: readonly ScheduleWindow[]) {
  const dates = [...new Set(minutes.map(({ local }) => local.slice(0, 10)))];
  return windows.flatMap(({ days, start, end, mode }) =>
    dates
      .filter((date) => days.includes(WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? "mon"))
      .map((date) => {
        const next = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
        const endLocal = end === "24:00" ? `${next}T00:00` : `${end <= start ? next : date}T${end}`;
        const [startMs, endMs] = spanByWall(minutes, `${date}T${start}`, endLocal);
        return { startMs, endMs, mode };
      }),
  );
}

const clockTime = fc
  // Most changes of the clocks happen in the first hours of the day.
  .oneof(fc.integer({ min: 0, max: 239 }), fc.integer({ min: 0, max: 1439 }))
  .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`);
const anyWindow: fc.Arbitrary<ScheduleWindow> = fc.record({
  days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
  start: clockTime,
  end: fc.oneof({ weight: 4, arbitrary: clockTime }, fc.constant("24:00")),
  mode: fc.constantFrom("continuous" as const, "motion" as const),
});

describe("a schedule, compared with the clock on the wall minute by minute", () => {
  it.each(PLACES)("in %s around %s", (zone, date) => {
    const minutes = minutesAround(zone, date);
    // Windows may begin a day before the first minute that is asked for, and change a day behind the last.
    const asked = minutes.filter((_, i) => i >= 1440 * 2 && i < minutes.length - 1440 * 2);
    const property = fc.property(fc.array(anyWindow, { maxLength: 4 }), (windows) => {
      const spans = spansByWall(minutes, windows);
      const modes = asked.map(({ ms }) => {
        const inside = spans.filter((span) => span.startMs <= ms && ms < span.endMs);
        return inside.some(({ mode }) => mode === "continuous") ? "continuous" : (inside[0]?.mode ?? null);
      });
      // From one change to the next, and into the middle of each.
      for (let i = 0; i < asked.length; ) {
        const changed = modes.findIndex((mode, j) => j > i && mode !== modes[i]);
        const to = changed === -1 ? asked.length : changed;
        for (const j of [i, Math.floor((i + to) / 2), to - 1]) {
          const { mode, nextChangeMs } = scheduleAt(windows, asked[j]?.ms ?? 0, zone);
          expect(mode).toBe(modes[i]);
          if (changed !== -1) expect(nextChangeMs).toBe(asked[changed]?.ms);
          else expect(nextChangeMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(asked.at(-1)?.ms ?? 0);
        }
        i = to;
      }
    });
    fc.assert(property, { numRuns: 8 });
  });
});
