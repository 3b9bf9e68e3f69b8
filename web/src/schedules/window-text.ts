import type { ScheduleWindow, Weekday } from "@nightjar/api/schedule";
import type { TFunction } from "i18next";
import { localeOf } from "../time/format.ts";
import { WEEKDAYS } from "./week.ts";

/** A Monday; only the day of the week is shown of it. */
const SOME_MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The name of a day of the week, such as `Mon` or `Monday`. */
export function weekdayName(day: number, language: string, length: "short" | "long"): string {
  const format = new Intl.DateTimeFormat(localeOf(language), { weekday: length, timeZone: "UTC" });
  return format.format(SOME_MONDAY_MS + day * DAY_MS);
}

/** A window in words: `Mon–Fri 08:00–18:00, continuous`. */
export function windowText(t: TFunction, { days, start, end, mode }: ScheduleWindow, language: string): string {
  return `${daysText(days, language)} ${start}–${end}, ${t(`schedules.cellState.${mode}`)}`;
}

/** `Mon–Wed, Sat`: three days or more in a row are written as a span. */
export function daysText(days: readonly Weekday[], language: string): string {
  const parts: string[] = [];
  for (let from = 0; from < WEEKDAYS.length; ) {
    let to = from;
    while (isAmong(days, to)) to += 1;
    const names = Array.from({ length: to - from }, (_, i) => weekdayName(from + i, language, "short"));
    if (names.length > 2) parts.push(`${names[0]}–${names.at(-1)}`);
    else parts.push(...names);
    from = to + 1;
  }
  return parts.join(", ");
}

function isAmong(days: readonly Weekday[], day: number): boolean {
  const name = WEEKDAYS[day];
  return name !== undefined && days.includes(name);
}
