import type { RecordingKind } from "@nightjar/api/camera";
import type { Timeline } from "@nightjar/api/recording";

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

/** What the timeline draws: spans in milliseconds, in order, without overlap among the recordings. */
export interface Footage {
  readonly recordings: readonly FootageSpan[];
  readonly gaps: readonly GapSpan[];
}

export const NO_FOOTAGE: Footage = { recordings: [], gaps: [] };

/** What lies under a moment of the timeline. */
export type Under =
  | { readonly what: "footage"; readonly span: FootageSpan }
  | { readonly what: "gap"; readonly span: GapSpan }
  | { readonly what: "future" }
  | { readonly what: "nothing" };

/** Timelines of neighbouring spans as one; what two of them cut in half is whole again. */
export function joinTimelines(timelines: readonly Timeline[]): Footage {
  const recordings: FootageSpan[] = [];
  const gaps: GapSpan[] = [];
  for (const timeline of timelines) {
    for (const one of timeline.recordings) {
      const span = { startMs: Date.parse(one.start), endMs: Date.parse(one.end), kind: one.kind };
      const last = recordings.at(-1);
      if (last !== undefined && last.endMs >= span.startMs && last.kind === span.kind) {
        recordings[recordings.length - 1] = { ...last, endMs: Math.max(last.endMs, span.endMs) };
      } else recordings.push(span);
    }
    for (const one of timeline.gaps) {
      const span = { startMs: Date.parse(one.start), endMs: Date.parse(one.end), cause: one.cause, wanted: one.wanted };
      const last = gaps.at(-1);
      if (last !== undefined && last.endMs >= span.startMs && last.cause === span.cause) {
        gaps[gaps.length - 1] = { ...last, endMs: Math.max(last.endMs, span.endMs) };
      } else gaps.push(span);
    }
  }
  return { recordings, gaps };
}

/** Hit test; `toleranceMs` is how near to a recording still counts as on it. */
export function under(footage: Footage, ms: number, toleranceMs: number, nowMs: number): Under {
  const span = firstEndingAfter(footage.recordings, ms - toleranceMs);
  if (span !== undefined && span.startMs - toleranceMs <= ms) return { what: "footage", span };
  const gap = firstEndingAfter(footage.gaps, ms);
  if (gap !== undefined && gap.startMs <= ms) return { what: "gap", span: gap };
  return { what: ms > nowMs ? "future" : "nothing" };
}

/** The first span, of those in order, that ends after `ms`. */
function firstEndingAfter<T extends { readonly endMs: number }>(spans: readonly T[], ms: number): T | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle];
    if (span !== undefined && span.endMs > ms) high = middle;
    else low = middle + 1;
  }
  return spans[low];
}

/** The last gap goes on until now, while the camera does not record; the server named its cause when it was asked. */
export function withOngoingGap(footage: Footage, nowMs: number): Footage {
  const last = footage.gaps.at(-1);
  const lastFootageMs = footage.recordings.at(-1)?.endMs ?? Number.NEGATIVE_INFINITY;
  if (last === undefined || last.endMs >= nowMs || last.endMs < lastFootageMs) return footage;
  return { ...footage, gaps: [...footage.gaps.slice(0, -1), { ...last, endMs: nowMs }] };
}
