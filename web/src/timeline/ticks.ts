import { offsetMs, wholeDays, wholeHours } from "../time/zone.ts";
import { spanMs, type View } from "./geometry.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a tick's label says: a time with or without seconds, a date, a month. */
export type TickLabel = "second" | "minute" | "day" | "month";

export interface Tick {
  readonly ms: number;
  readonly label: TickLabel;
}

export interface TickStep {
  readonly ms: number;
  readonly label: TickLabel;
  /** Unlabelled ticks between two labelled ones. */
  readonly parts: number;
}

const STEPS: readonly TickStep[] = [
  { ms: SECOND, label: "second", parts: 5 },
  { ms: 2 * SECOND, label: "second", parts: 4 },
  { ms: 5 * SECOND, label: "second", parts: 5 },
  { ms: 10 * SECOND, label: "second", parts: 5 },
  { ms: 15 * SECOND, label: "second", parts: 3 },
  { ms: 30 * SECOND, label: "second", parts: 3 },
  { ms: MINUTE, label: "minute", parts: 4 },
  { ms: 2 * MINUTE, label: "minute", parts: 4 },
  { ms: 5 * MINUTE, label: "minute", parts: 5 },
  { ms: 10 * MINUTE, label: "minute", parts: 5 },
  { ms: 15 * MINUTE, label: "minute", parts: 3 },
  { ms: 30 * MINUTE, label: "minute", parts: 3 },
  { ms: HOUR, label: "minute", parts: 4 },
  { ms: 2 * HOUR, label: "minute", parts: 4 },
  { ms: 3 * HOUR, label: "minute", parts: 3 },
  { ms: 6 * HOUR, label: "minute", parts: 3 },
  { ms: 12 * HOUR, label: "minute", parts: 4 },
  { ms: DAY, label: "day", parts: 4 },
  { ms: 2 * DAY, label: "day", parts: 2 },
  { ms: 5 * DAY, label: "day", parts: 5 },
  { ms: 30 * DAY, label: "month", parts: 1 },
];

const COARSEST: TickStep = { ms: 30 * DAY, label: "month", parts: 1 };

/** The finest step whose labels stand at least `minLabelPx` apart. */
export function chooseStep(view: View, minLabelPx: number): TickStep {
  const msPerPx = spanMs(view) / view.widthPx;
  return STEPS.find((step) => step.ms / msPerPx >= minLabelPx) ?? COARSEST;
}

/**
 * Labelled ticks in `[startMs, endMs]`, on round times of the zone's own clocks. Midnight is labelled with its date whatever the step.
 */
export function labelledTicks(startMs: number, endMs: number, step: TickStep, zone: string): Tick[] {
  const moments = momentsOf(startMs, endMs, step, zone);
  if (step.ms >= DAY) return moments.map((ms) => ({ ms, label: step.label }));
  const midnights = new Set(wholeDays(startMs, endMs, 1, zone));
  return moments.map((ms) => ({ ms, label: midnights.has(ms) ? "day" : step.label }));
}

function momentsOf(startMs: number, endMs: number, step: TickStep, zone: string): number[] {
  if (step.label === "month") return wholeDays(startMs, endMs, 0, zone);
  if (step.ms >= DAY) return wholeDays(startMs, endMs, step.ms / DAY, zone);
  if (step.ms >= HOUR) return wholeHours(startMs, endMs, step.ms / HOUR, zone);
  return multiples(startMs, endMs, step.ms, offsetMs(startMs, zone));
}

/** The unlabelled ticks that divide the space between labelled ones; for days and longer none, because days differ in length. */
export function minorTicks(startMs: number, endMs: number, step: TickStep, zone: string): number[] {
  if (step.ms >= DAY) return [];
  return multiples(startMs, endMs, step.ms / step.parts, offsetMs(startMs, zone));
}

/** Clocks are changed by whole or half hours, so multiples of up to half an hour stay round across a change. */
function multiples(startMs: number, endMs: number, stepMs: number, zoneOffsetMs: number): number[] {
  const first = Math.ceil((startMs + zoneOffsetMs) / stepMs) * stepMs - zoneOffsetMs;
  const count = Math.max(0, Math.floor((endMs - first) / stepMs) + 1);
  return Array.from({ length: count }, (_, index) => first + index * stepMs);
}
