import type { TFunction } from "i18next";
import { formatNumber } from "../i18n/quantities.ts";

/** How long a span is, roughly: `45 s`, `3.5 min`, `12 h`, `3 days`. */
export function spanText(t: TFunction, spanMs: number, language: string): string {
  const seconds = spanMs / 1000;
  const rounded = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  if (seconds < 90) return t("timeline.seconds", { value: formatNumber(rounded(seconds), language) });
  if (seconds < 5400) return t("timeline.minutes", { value: formatNumber(rounded(seconds / 60), language) });
  if (seconds < 129_600) return t("timeline.hours", { value: formatNumber(rounded(seconds / 3600), language) });
  const days = rounded(seconds / 86_400);
  return t("timeline.days", { count: days, value: formatNumber(days, language) });
}

/** How long a span is, to the second: `2 min 10 s`. */
export function durationText(t: TFunction, spanMs: number, language: string): string {
  const seconds = Math.round(spanMs / 1000);
  const parts = [
    { key: "timeline.hours", value: Math.floor(seconds / 3600) },
    { key: "timeline.minutes", value: Math.floor(seconds / 60) % 60 },
    { key: "timeline.seconds", value: seconds % 60 },
  ] as const;
  const told = parts.filter(({ value }, i) => value > 0 || (i === 2 && seconds === 0));
  return told.map(({ key, value }) => t(key, { value: formatNumber(value, language) })).join(" ");
}
