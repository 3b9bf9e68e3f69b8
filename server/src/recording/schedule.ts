import { Temporal } from "temporal-polyfill";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What a window asks for. */
export type WindowMode = "continuous" | "motion";

/** Days of the week and a span of local time; an end at or before the start lies on the next day, `24:00` is the day's end. */
export interface ScheduleWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly start: string;
  readonly end: string;
  readonly mode: WindowMode;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly mode: WindowMode;
}

/** What a schedule says of an instant, and until when it says so. */
export interface ScheduleAnswer {
  /** null: outside of all windows. */
  readonly mode: WindowMode | null;
  /** The next instant at which the answer is another; null when it never is. */
  readonly nextChangeMs: number | null;
}

/** No window is longer than a day and some change. */
const LOOK_BACK_DAYS = 2;
/**
 * Most answers change within two days. Every window comes back within a week, or two where a change of the clocks skips it, and ends on
 * the day after: what has not changed by then never does.
 */
const LOOK_AHEAD_DAYS = [2, 16] as const;

/**
 * What the windows say at `nowMs` in a time zone. Where windows overlap, `continuous` wins. A local time that a change to daylight-saving
 * time skips is the instant of the change; one that comes twice begins a window the first time and ends it the second. Pure.
 */
export function scheduleAt(windows: readonly ScheduleWindow[], nowMs: number, timeZone: string): ScheduleAnswer {
  const now = Temporal.Instant.fromEpochMilliseconds(Math.floor(nowMs)).toZonedDateTimeISO(timeZone);
  const today = now.toPlainDate();
  let mode: WindowMode | null = null;
  for (const days of LOOK_AHEAD_DAYS) {
    const spans = spansAround(windows, today, days, timeZone);
    // Behind the days that were looked at, everything seems to end.
    const horizonMs = today.add({ days }).toZonedDateTime(timeZone).epochMilliseconds;
    const edges = spans.flatMap((span) => [span.startMs, span.endMs]).filter((ms) => ms > nowMs && ms < horizonMs);
    mode = modeAt(spans, nowMs);
    const nextChangeMs = edges.sort((a, b) => a - b).find((edgeMs) => modeAt(spans, edgeMs) !== mode);
    if (nextChangeMs !== undefined) return { mode, nextChangeMs };
  }
  return { mode, nextChangeMs: null };
}

function modeAt(spans: readonly Span[], atMs: number): WindowMode | null {
  const covering = spans.filter((span) => span.startMs <= atMs && atMs < span.endMs);
  if (covering.some((span) => span.mode === "continuous")) return "continuous";
  return covering.length > 0 ? "motion" : null;
}

function spansAround(
  windows: readonly ScheduleWindow[],
  today: Temporal.PlainDate,
  aheadDays: number,
  timeZone: string,
): Span[] {
  const spans: Span[] = [];
  for (let offset = -LOOK_BACK_DAYS; offset <= aheadDays; offset += 1) {
    const date = today.add({ days: offset });
    const weekday = WEEKDAYS[date.dayOfWeek - 1];
    for (const window of windows) {
      if (weekday !== undefined && window.days.includes(weekday)) spans.push(spanOn(date, window, timeZone));
    }
  }
  return spans;
}

function spanOn(date: Temporal.PlainDate, window: ScheduleWindow, timeZone: string): Span {
  const wholeDay = window.end === "24:00";
  const endsNextDay = wholeDay || window.end <= window.start;
  const endDate = endsNextDay ? date.add({ days: 1 }) : date;
  return {
    startMs: instantMs(date, window.start, timeZone, "earlier"),
    endMs: instantMs(endDate, wholeDay ? "00:00" : window.end, timeZone, "later"),
    mode: window.mode,
  };
}

/** The instant of a local time; `twice` says which one is meant where a change of the clocks makes it come twice. */
function instantMs(date: Temporal.PlainDate, time: string, timeZone: string, twice: "earlier" | "later"): number {
  const local = date.toPlainDateTime(Temporal.PlainTime.from(time));
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  const later = local.toZonedDateTime(timeZone, { disambiguation: "later" });
  const skipped = !earlier.toPlainDateTime().equals(local);
  if (skipped) return (earlier.getTimeZoneTransition("next") ?? later).epochMilliseconds;
  return (twice === "earlier" ? earlier : later).epochMilliseconds;
}
