import type { RecordingKind } from "@nightjar/api/camera";
import type { Timeline } from "@nightjar/api/recording";
import { firstVisible } from "./pixel-spans.ts";

export interface FootageSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly kind: RecordingKind;
}

export type AbsenceCause = Timeline["gaps"][number]["cause"];

export interface GapSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly cause: AbsenceCause;
  readonly wanted: boolean;
}

/** How much moved from a time on, 0 to 1. */
export interface MotionStep {
  readonly startMs: number;
  readonly score: number;
}

export interface EventSpan {
  readonly id: string;
  readonly type: string;
  readonly startMs: number;
  /** Of an event that goes on: where it began. */
  readonly endMs: number;
}

export interface LockSpan {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: string;
}

/** What the timeline draws: spans in milliseconds, in order, without overlap among the recordings. */
export interface Footage {
  readonly recordings: readonly FootageSpan[];
  readonly gaps: readonly GapSpan[];
  readonly motion: readonly MotionStep[];
  readonly events: readonly EventSpan[];
  readonly locks: readonly LockSpan[];
  /** Where segments begin, in order; empty while the view is too wide for them. */
  readonly segmentStarts: readonly number[];
}

export const NO_FOOTAGE: Footage = { recordings: [], gaps: [], motion: [], events: [], locks: [], segmentStarts: [] };

/** What lies under a moment of the timeline. */
export type Under =
  | { readonly what: "footage"; readonly span: FootageSpan; readonly lock: LockSpan | null }
  | { readonly what: "gap"; readonly span: GapSpan }
  | { readonly what: "future" }
  | { readonly what: "nothing" };

type Parsed = Omit<Footage, "segmentStarts">;

/** An answer is parsed once: while the camera records, one of many tiles changes every few seconds. */
const parsed = new WeakMap<Timeline, Parsed>();

function parse(timeline: Timeline): Parsed {
  const known = parsed.get(timeline);
  if (known !== undefined) return known;
  const footage = {
    recordings: timeline.recordings.map(({ kind, ...ends }) => ({ ...spanOf(ends), kind })),
    gaps: timeline.gaps.map(({ cause, wanted, ...ends }) => ({ ...spanOf(ends), cause, wanted })),
    motion: timeline.motion.map(({ start, score }) => ({ startMs: Date.parse(start), score })),
    events: timeline.events.map(({ id, type, start, end }) => ({ id, type, ...spanOf({ start, end: end ?? start }) })),
    locks: timeline.locks.map(({ id, reason, ...ends }) => ({ id, reason, ...spanOf(ends) })),
  };
  parsed.set(timeline, footage);
  return footage;
}

function spanOf({ start, end }: { start: string; end: string }): { startMs: number; endMs: number } {
  return { startMs: Date.parse(start), endMs: Date.parse(end) };
}

/** Timelines of neighbouring spans as one; what two of them cut in half is whole again. */
export function joinTimelines(timelines: readonly Timeline[], segmentStarts: readonly number[] = []): Footage {
  const all = timelines.map(parse);
  return {
    recordings: joined(
      all.map((one) => one.recordings),
      (a, b) => a.kind === b.kind,
    ),
    gaps: joined(
      all.map((one) => one.gaps),
      (a, b) => a.cause === b.cause,
    ),
    motion: all.flatMap((one) => one.motion),
    events: onceEach(all.flatMap((one) => one.events)),
    locks: onceEach(all.flatMap((one) => one.locks)),
    segmentStarts,
  };
}

function joined<S extends { readonly startMs: number; readonly endMs: number }>(
  lists: readonly (readonly S[])[],
  areAlike: (a: S, b: S) => boolean,
): S[] {
  const whole: S[] = [];
  for (const span of lists.flat()) {
    const last = whole.at(-1);
    if (last !== undefined && last.endMs >= span.startMs && areAlike(last, span)) {
      whole[whole.length - 1] = { ...last, endMs: Math.max(last.endMs, span.endMs) };
    } else whole.push(span);
  }
  return whole;
}

/** What reaches over the edge of a tile is in both answers. */
function onceEach<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

/** Hit test; `toleranceMs` is how near to a recording still counts as on it. */
export function under(footage: Footage, ms: number, toleranceMs: number, nowMs: number): Under {
  const span = firstEndingAfter(footage.recordings, ms - toleranceMs);
  if (span !== undefined && span.startMs - toleranceMs <= ms) {
    const lock = footage.locks.find((one) => one.startMs <= ms && ms < one.endMs) ?? null;
    return { what: "footage", span, lock };
  }
  const gap = firstEndingAfter(footage.gaps, ms);
  if (gap !== undefined && gap.startMs <= ms) return { what: "gap", span: gap };
  return { what: ms > nowMs ? "future" : "nothing" };
}

/** The first span, of those in order, that ends after `ms`. */
function firstEndingAfter<T extends { readonly endMs: number }>(spans: readonly T[], ms: number): T | undefined {
  const place = firstVisible(spans, ms, (span) => span.endMs);
  const found = spans[place];
  return found?.endMs === ms ? spans[place + 1] : found;
}

/** The last gap goes on until now, while the camera does not record; the server named its cause when it was asked. */
export function withOngoingGap(footage: Footage, nowMs: number): Footage {
  const last = footage.gaps.at(-1);
  const lastFootageMs = footage.recordings.at(-1)?.endMs ?? Number.NEGATIVE_INFINITY;
  if (last === undefined || last.endMs >= nowMs || last.endMs < lastFootageMs) return footage;
  return { ...footage, gaps: [...footage.gaps.slice(0, -1), { ...last, endMs: nowMs }] };
}
