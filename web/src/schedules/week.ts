import { type ScheduleWindow, Weekday } from "@nightjar/api/schedule";

/** The days of the week, Monday first. */
export const WEEKDAYS: readonly Weekday[] = Weekday.options;

/** What a window asks for. */
export type WindowMode = ScheduleWindow["mode"];

export const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** The grid that is painted has cells of half an hour. */
export const SLOT_MINUTES = 30;
export const SLOTS_PER_DAY = DAY_MINUTES / SLOT_MINUTES;

/** What a window, or one brush of the grid, makes of a span; null: nothing is wanted. */
export type Brush = WindowMode | null;

/** One half hour: what holds in the whole of it, or `mixed` when it changes inside. */
export type Cell = Brush | "mixed";

/** A span of one day. Minutes since its midnight; `endMinute` at most 1440. */
export interface DaySpan {
  /** Index into `WEEKDAYS`. */
  readonly day: number;
  readonly startMinute: number;
  readonly endMinute: number;
}

/** What windows ask for in a span of one day. */
export interface DayPiece extends DaySpan {
  readonly mode: WindowMode;
}

/** A span in minutes since Monday's midnight; `end` may reach into the next week. */
interface WeekSpan {
  readonly start: number;
  readonly end: number;
}

/** The windows as pieces of single days, in no order; pieces of different windows may overlap, and then `continuous` wins. */
export function dayPieces(windows: readonly ScheduleWindow[]): DayPiece[] {
  return windows.flatMap((window) =>
    window.days.flatMap((day) => cutAtMidnight(spanOn(window, day)).map((piece) => ({ ...piece, mode: window.mode }))),
  );
}

/** What the windows want at a local time. */
export function modeAt(windows: readonly ScheduleWindow[], day: number, minute: number): Brush {
  const modes = dayPieces(windows)
    .filter((piece) => piece.day === day && piece.startMinute <= minute && minute < piece.endMinute)
    .map((piece) => piece.mode);
  return modes.includes("continuous") ? "continuous" : (modes[0] ?? null);
}

/** The week in half hours: one row of 48 cells for each day. */
export function gridOf(windows: readonly ScheduleWindow[]): Cell[][] {
  const minutes = new Array<Brush>(WEEK_MINUTES).fill(null);
  const pieces = dayPieces(windows);
  for (const mode of ["motion", "continuous"] as const) {
    for (const piece of pieces.filter((one) => one.mode === mode)) {
      minutes.fill(mode, piece.day * DAY_MINUTES + piece.startMinute, piece.day * DAY_MINUTES + piece.endMinute);
    }
  }
  return WEEKDAYS.map((_, day) =>
    Array.from({ length: SLOTS_PER_DAY }, (_, slot) => {
      const from = day * DAY_MINUTES + slot * SLOT_MINUTES;
      const first = minutes[from] ?? null;
      return minutes.slice(from, from + SLOT_MINUTES).every((mode) => mode === first) ? first : "mixed";
    }),
  );
}

/**
 * The windows after `brush` went over the spans in `area`: exactly there they ask for what the brush says. Windows that the area neither
 * overlaps nor continues stay as they are, to the minute; the others lose what lies in the area, or grow by it.
 */
export function paint(
  windows: readonly ScheduleWindow[],
  area: readonly DaySpan[],
  brush: Brush,
): readonly ScheduleWindow[] {
  const painted = area.map(weekSpan);
  const kept: ScheduleWindow[] = [];
  const left: DayPiece[] = [];
  for (const window of windows) {
    const spared = window.days.filter((day) => !isTouched(spanOn(window, day), window.mode, painted, brush));
    if (spared.length === window.days.length) {
      kept.push(window);
      continue;
    }
    if (spared.length > 0) kept.push({ ...window, days: spared });
    for (const day of window.days.filter((one) => !spared.includes(one))) {
      const spans = painted.reduce(without, [spanOn(window, day)]);
      left.push(...spans.flatMap(cutAtMidnight).map((piece) => ({ ...piece, mode: window.mode })));
    }
  }
  const added = brush === null ? [] : area.map((span) => ({ ...span, mode: brush }));
  return withSpans(kept, [...left, ...added]);
}

function spanOn({ start, end }: ScheduleWindow, day: Weekday): WeekSpan {
  const from = WEEKDAYS.indexOf(day) * DAY_MINUTES;
  const [startMinute, endMinute] = [minuteOf(start), minuteOf(end)];
  // An end at or before the start lies on the next day.
  return { start: from + startMinute, end: from + endMinute + (endMinute <= startMinute ? DAY_MINUTES : 0) };
}

function weekSpan({ day, startMinute, endMinute }: DaySpan): WeekSpan {
  return { start: day * DAY_MINUTES + startMinute, end: day * DAY_MINUTES + endMinute };
}

/** `08:05` as minutes since midnight. */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Minutes since midnight as `08:05`; up to 1440 inclusive, which is `24:00`. */
export function timeOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function cutAtMidnight({ start, end }: WeekSpan): DaySpan[] {
  const pieces: DaySpan[] = [];
  for (let from = start; from < end; ) {
    const midnight = (Math.floor(from / DAY_MINUTES) + 1) * DAY_MINUTES;
    const to = Math.min(end, midnight);
    const day = Math.floor(from / DAY_MINUTES) % WEEKDAYS.length;
    pieces.push({ day, startMinute: from % DAY_MINUTES, endMinute: to - midnight + DAY_MINUTES });
    from = to;
  }
  return pieces;
}

/** The same span as seen from the week before, this one and the next: a window of Sunday night ends on Monday. */
function inEachWeek({ start, end }: WeekSpan): WeekSpan[] {
  return [-WEEK_MINUTES, 0, WEEK_MINUTES].map((by) => ({ start: start + by, end: end + by }));
}

function isTouched(span: WeekSpan, mode: WindowMode, painted: readonly WeekSpan[], brush: Brush): boolean {
  return painted.flatMap(inEachWeek).some(({ start, end }) => {
    const overlaps = start < span.end && span.start < end;
    return overlaps || (mode === brush && (start === span.end || span.start === end));
  });
}

function without(spans: readonly WeekSpan[], hole: WeekSpan): WeekSpan[] {
  return inEachWeek(hole).reduce<WeekSpan[]>(
    (left, { start, end }) =>
      left.flatMap((span) =>
        [
          { start: span.start, end: Math.min(span.end, start) },
          { start: Math.max(span.start, end), end: span.end },
        ].filter((piece) => piece.start < piece.end),
      ),
    [...spans],
  );
}

/** The windows with the pieces in them: pieces that meet are one, and equal times of several days are one window. */
function withSpans(windows: readonly ScheduleWindow[], pieces: readonly DayPiece[]): ScheduleWindow[] {
  const result = [...windows];
  for (const mode of ["continuous", "motion"] as const) {
    for (const { day, startMinute, endMinute } of joined(pieces.filter((piece) => piece.mode === mode))) {
      const name = WEEKDAYS[day];
      if (name === undefined) continue;
      const start = timeOf(startMinute);
      const end = timeOf(endMinute > DAY_MINUTES ? endMinute - DAY_MINUTES : endMinute);
      const same = result.findIndex((one) => one.mode === mode && one.start === start && one.end === end);
      const window = result[same];
      if (window === undefined) result.push({ days: [name], start, end, mode });
      else result[same] = { ...window, days: WEEKDAYS.filter((one) => one === name || window.days.includes(one)) };
    }
  }
  return result;
}

/** Pieces that overlap or meet as one span; over midnight only what stays shorter than a day, so that whole days stay whole days. */
function joined(pieces: readonly DayPiece[]): DaySpan[] {
  const spans: { day: number; startMinute: number; endMinute: number }[] = [];
  for (const piece of [...pieces].sort((a, b) => a.day - b.day || a.startMinute - b.startMinute)) {
    const last = spans.at(-1);
    if (last !== undefined && last.day === piece.day && piece.startMinute <= last.endMinute) {
      last.endMinute = Math.max(last.endMinute, piece.endMinute);
    } else spans.push({ day: piece.day, startMinute: piece.startMinute, endMinute: piece.endMinute });
  }
  for (const evening of spans) {
    const tomorrow = (evening.day + 1) % WEEKDAYS.length;
    const morning = spans.find((span) => span.day === tomorrow && span.startMinute === 0);
    if (evening.endMinute !== DAY_MINUTES || morning === undefined) continue;
    if (DAY_MINUTES - evening.startMinute + morning.endMinute >= DAY_MINUTES) continue;
    evening.endMinute = DAY_MINUTES + morning.endMinute;
    // An empty span marks what has become part of the evening before.
    morning.endMinute = 0;
  }
  return spans.filter((span) => span.startMinute < span.endMinute);
}
