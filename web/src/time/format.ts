const formats = new Map<string, Intl.DateTimeFormat>();

/** The Intl locale of a catalog language: English dates are written `Fri 10 Apr 2026`, 24-hour. */
export function localeOf(language: string): string {
  return language === "en" ? "en-GB" : language;
}

/** `14:30:07`. */
export function formatClock(ms: number, zone: string, language: string): string {
  return format(ms, zone, language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** `14:30`. */
export function formatMinute(ms: number, zone: string, language: string): string {
  return format(ms, zone, language, { hour: "2-digit", minute: "2-digit" });
}

/** `Fri 10 Apr 2026`. */
export function formatDate(ms: number, zone: string, language: string): string {
  return format(ms, zone, language, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}

/** `Fri 10 Apr`. */
export function formatDay(ms: number, zone: string, language: string): string {
  return format(ms, zone, language, { weekday: "short", day: "numeric", month: "short" });
}

/** `Apr 2026`. */
export function formatMonth(ms: number, zone: string, language: string): string {
  return format(ms, zone, language, { month: "short", year: "numeric" });
}

/** `Fri 10 Apr 2026, 14:30:07 CEST`: a moment that must not be misread. */
export function formatMoment(ms: number, zone: string, language: string): string {
  return `${formatDate(ms, zone, language)}, ${formatClock(ms, zone, language)} ${zoneName(ms, zone, language)}`;
}

/** `CEST`, or `GMT+5:30` where the zone has no usual short name. */
export function zoneName(ms: number, zone: string, language: string): string {
  const parts = formatter(zone, language, { timeZoneName: "short" }).formatToParts(ms);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

function format(ms: number, zone: string, language: string, options: Intl.DateTimeFormatOptions): string {
  return formatter(zone, language, options).format(ms);
}

/** Making a formatter costs far more than using it, and the timeline uses them on every frame. */
function formatter(zone: string, language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${language} ${Object.values(options).join()} ${Object.keys(options).join()}`;
  let known = formats.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(localeOf(language), { ...options, timeZone: zone, hourCycle: "h23" });
    formats.set(key, known);
  }
  return known;
}
