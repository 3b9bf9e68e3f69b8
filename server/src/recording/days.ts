import { Temporal } from "temporal-polyfill";

/** A span of footage, wall time, `endMs` exclusive. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface FootageDay {
  /** Local date, `2026-04-09`. */
  readonly date: string;
  readonly seconds: number;
}

/** First instant of a month (`2026-04`) in the zone and of the next one. */
export function monthBounds(month: string, timeZone: string): Span {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return { startMs: startOfDayMs(first, timeZone), endMs: startOfDayMs(first.add({ months: 1 }), timeZone) };
}

/**
 * Seconds of footage on each local day of the month, only days that have some, in order. `spans` ordered by start; one that crosses
 * midnight counts on both days, an instant covered twice counts once. Days have 23 to 25 hours where the clock changes.
 */
export function footageDays(spans: Iterable<Span>, month: string, timeZone: string): FootageDay[] {
  const days = localDays(month, timeZone).map((day) => ({ ...day, footageMs: 0 }));
  let coveredToMs = Number.NEGATIVE_INFINITY;
  let firstDay = 0;
  for (const span of spans) {
    const startMs = Math.max(span.startMs, coveredToMs);
    coveredToMs = Math.max(coveredToMs, span.endMs);
    for (let i = firstDay; i < days.length; i++) {
      const day = days[i];
      if (day === undefined || day.startMs >= span.endMs) break;
      if (day.endMs <= startMs) firstDay = i + 1;
      else day.footageMs += Math.max(0, Math.min(span.endMs, day.endMs) - Math.max(startMs, day.startMs));
    }
  }
  return days.filter((day) => day.footageMs > 0).map(({ date, footageMs }) => ({ date, seconds: footageMs / 1000 }));
}

function localDays(month: string, timeZone: string): (Span & { date: string })[] {
  const yearMonth = Temporal.PlainYearMonth.from(month);
  return Array.from({ length: yearMonth.daysInMonth }, (_, i) => {
    const date = yearMonth.toPlainDate({ day: i + 1 });
    return {
      date: date.toString(),
      startMs: startOfDayMs(date, timeZone),
      endMs: startOfDayMs(date.add({ days: 1 }), timeZone),
    };
  });
}

/** Not always midnight: some zones change their clocks at 0:00. */
function startOfDayMs(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds;
}
