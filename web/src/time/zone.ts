import { Temporal } from "temporal-polyfill";

/** The calendar date (`2026-04-09`) that a moment has in a zone. */
export function dateOf(ms: number, zone: string): string {
  return at(ms, zone).toPlainDate().toString();
}

/** Where a calendar date begins and ends in a zone: 23, 24 or 25 hours apart. `date` is `2026-04-09`. */
export function dayBounds(date: string, zone: string): { startMs: number; endMs: number } {
  const day = Temporal.PlainDate.from(date);
  return { startMs: startOfDay(day, zone), endMs: startOfDay(day.add({ days: 1 }), zone) };
}

/** What the zone's calendars and clocks show at a moment, as `2026-04-09 14:30:07`. */
export function wallClockOf(ms: number, zone: string): string {
  return at(ms, zone).toPlainDateTime().toString({ smallestUnit: "second" }).replace("T", " ");
}

/** What the zone's calendars and clocks show at a moment: the day of the week (0 = Monday) and the minutes since midnight. */
export function timeOfWeek(ms: number, zone: string): { day: number; minute: number } {
  const { dayOfWeek, hour, minute } = at(ms, zone);
  return { day: dayOfWeek - 1, minute: hour * 60 + minute };
}

/** Milliseconds that the zone's clocks are ahead of UTC at a moment. */
export function offsetMs(ms: number, zone: string): number {
  return at(ms, zone).offsetNanoseconds / 1_000_000;
}

/**
 * Moments in `[startMs, endMs]` at which the zone's clocks show a whole multiple of `stepHours` (1 to 24, dividing 24) since midnight.
 * An hour that the change to summer time leaves out is left out, one that occurs twice is given once.
 */
export function wholeHours(startMs: number, endMs: number, stepHours: number, zone: string): number[] {
  const moments: number[] = [];
  for (let day = at(startMs, zone).toPlainDate(); startOfDay(day, zone) <= endMs; day = day.add({ days: 1 })) {
    for (let hour = 0; hour < 24; hour += stepHours) {
      const wanted = day.toPlainDateTime({ hour });
      const moment = wanted.toZonedDateTime(zone);
      const ms = moment.epochMilliseconds;
      if (moment.hour === hour && ms >= startMs && ms <= endMs) moments.push(ms);
    }
  }
  return moments;
}

/** Moments in `[startMs, endMs]` at which every `stepDays`-th day of a month begins in the zone; 0 = only the first of each month. */
export function wholeDays(startMs: number, endMs: number, stepDays: number, zone: string): number[] {
  const moments: number[] = [];
  for (let day = at(startMs, zone).toPlainDate(); startOfDay(day, zone) <= endMs; day = day.add({ days: 1 })) {
    const wanted = stepDays === 0 ? day.day === 1 : (day.day - 1) % stepDays === 0;
    const ms = startOfDay(day, zone);
    if (wanted && ms >= startMs) moments.push(ms);
  }
  return moments;
}

function startOfDay(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime(zone).epochMilliseconds;
}

function at(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(ms)).toZonedDateTimeISO(zone);
}
