import { Temporal } from "temporal-polyfill";

/** A span of wall time, `endMs` exclusive. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface LocalDay extends Span {
  /** Local date, `2026-04-09`. */
  readonly date: string;
}

/** Pages ask for the same months again and again, and time zones take longer to look up than the catalog to answer. */
const kept = new Map<string, readonly LocalDay[]>();
const MOST_KEPT = 200;

/** The days of a month (`2026-04`) in a time zone; they have 23 to 25 hours where the clock changes. */
export function localDays(month: string, timeZone: string): readonly LocalDay[] {
  const key = `${month} ${timeZone}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const days = newLocalDays(month, timeZone);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, days);
  return days;
}

function newLocalDays(month: string, timeZone: string): LocalDay[] {
  const yearMonth = Temporal.PlainYearMonth.from(month);
  const dates = Array.from({ length: yearMonth.daysInMonth }, (_, i) => yearMonth.toPlainDate({ day: i + 1 }));
  const starts = [...dates, yearMonth.add({ months: 1 }).toPlainDate({ day: 1 })].map((date) =>
    startOfDayMs(date, timeZone),
  );
  return dates.map((date, i) => ({ date: date.toString(), startMs: starts[i] ?? 0, endMs: starts[i + 1] ?? 0 }));
}

/** Not always midnight: some zones change their clocks at 0:00. */
function startOfDayMs(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds;
}

/** How much of one span lies in another, milliseconds. */
export function overlapMs(one: Span, other: Span): number {
  return Math.max(0, Math.min(one.endMs, other.endMs) - Math.max(one.startMs, other.startMs));
}
