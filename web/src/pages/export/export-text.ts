import { formatClock, formatDate, formatDay, zoneName } from "../../time/format.ts";
import { dateOf } from "../../time/zone.ts";

/** `Fri 10 Apr 2026, 14:30:07 – 14:45:00 CEST`; both dates where they differ. */
export function spanOf(
  { start, end }: { readonly start: string; readonly end: string },
  zone: string,
  language: string,
): string {
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  const from = `${formatDate(startMs, zone, language)}, ${formatClock(startMs, zone, language)}`;
  const sameDay = dateOf(startMs, zone) === dateOf(endMs, zone);
  const clock = formatClock(endMs, zone, language);
  const to = sameDay ? clock : `${formatDay(endMs, zone, language)}, ${clock}`;
  return `${from} – ${to} ${zoneName(endMs, zone, language)}`;
}
