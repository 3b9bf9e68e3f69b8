import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { MAX_SPAN_MS, MIN_SPAN_MS, spanMs, type View, viewAround } from "./geometry.ts";
import { chooseStep, labelledTicks, minorTicks } from "./ticks.ts";

const ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"] as const;
const HOUR = 3_600_000;

const views = fc
  .record({
    centreMs: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) }),
    span: fc.integer({ min: MIN_SPAN_MS, max: MAX_SPAN_MS }),
    widthPx: fc.integer({ min: 300, max: 3000 }),
  })
  .map(({ centreMs, span, widthPx }): View => viewAround(centreMs, span, widthPx));

function local(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

describe("the timeline's ticks", () => {
  it("are in order, within the span, and their labels have room", () => {
    fc.assert(
      fc.property(views, fc.constantFrom(...ZONES), (view, zone) => {
        const step = chooseStep(view, 80);
        const ticks = labelledTicks(view.startMs, view.endMs, step, zone);
        const msPerPx = spanMs(view) / view.widthPx;
        // A month is two days shorter than its step, and a change of clocks takes up to an hour from one tick.
        const shortest = step.label === "month" ? 28 * 24 * HOUR : step.ms - HOUR;
        ticks.forEach((tick, index) => {
          expect(tick.ms).toBeGreaterThanOrEqual(view.startMs);
          expect(tick.ms).toBeLessThanOrEqual(view.endMs);
          const before = ticks[index - 1];
          if (before === undefined) return;
          expect(tick.ms).toBeGreaterThan(before.ms);
          if (step.label !== "day") expect(tick.ms - before.ms).toBeGreaterThanOrEqual(Math.min(step.ms, shortest));
          if (step.ms < HOUR) expect((tick.ms - before.ms) / msPerPx).toBeGreaterThanOrEqual(79);
        });
      }),
    );
  });

  it("stand on round times of the camera's own clock", () => {
    fc.assert(
      fc.property(views, fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu"), (view, zone) => {
        const step = chooseStep(view, 80);
        for (const { ms } of labelledTicks(view.startMs, view.endMs, step, zone)) {
          const time = local(ms, zone);
          const sinceMidnight = ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond;
          expect(step.ms >= 24 * HOUR ? sinceMidnight : sinceMidnight % step.ms).toBe(0);
        }
      }),
    );
  });

  it("label midnight with its date", () => {
    const midnight = Date.UTC(2026, 3, 9, 22);
    const view = viewAround(midnight, 4 * HOUR, 1200);
    const ticks = labelledTicks(view.startMs, view.endMs, chooseStep(view, 80), "Europe/Berlin");
    expect(ticks.find((tick) => tick.label === "day")?.ms).toBe(midnight);
  });

  it("leave out the hour that summer time leaves out and do not double the one that comes twice", () => {
    const hours = (dayUtc: number) => {
      const ticks = labelledTicks(dayUtc, dayUtc + 25 * HOUR, { ms: HOUR, label: "minute", parts: 4 }, "Europe/Berlin");
      return ticks.map((tick) => local(tick.ms, "Europe/Berlin")).filter((time) => time.day === 29 || time.day === 25);
    };
    const spring = hours(Date.UTC(2026, 2, 28, 23)).map((time) => time.hour);
    expect(spring.slice(0, 4)).toEqual([0, 1, 3, 4]);
    const autumn = hours(Date.UTC(2026, 9, 24, 22)).map((time) => time.hour);
    expect(autumn).toEqual([...Array(24).keys()]);
  });

  it("have minor ticks that hit every labelled one below a day", () => {
    const view = viewAround(Date.UTC(2026, 3, 9, 12), HOUR, 1000);
    const step = chooseStep(view, 80);
    const minor = new Set(minorTicks(view.startMs, view.endMs, step, "Asia/Kathmandu"));
    for (const { ms } of labelledTicks(view.startMs, view.endMs, step, "Asia/Kathmandu")) expect(minor).toContain(ms);
  });
});
