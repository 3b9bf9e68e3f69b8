import type { RecordingKind } from "@nightjar/api/camera";

/** Between segments a hole up to this long is the rounding of clocks, not missing footage. */
export const TOLERATED_HOLE_MS = 200;

/** How long after an instant its footage is in the catalog at the latest: a run has no named segment in its first seconds. */
export const KNOWN_AFTER_MS = 10_000;

export interface FootageSpan {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly kind: RecordingKind;
}

export interface Hole {
  readonly startMs: number;
  readonly endMs: number;
}

export interface TimelineRequest {
  /** Footage that touches the asked span, ordered by start. */
  readonly footage: Iterable<FootageSpan>;
  /** The asked span, `endMs` exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  /** Holes are told only between these: from when there should be footage, up to where it is known whether there is. */
  readonly accountedFromMs: number;
  readonly accountedToMs: number;
  /** Recordings nearer than this are answered as one; 0: only tolerated holes are closed. */
  readonly resolutionMs: number;
}

/**
 * What a person sees of a camera's span: recordings (segments of one kind without a noticeable hole between them) and the holes between
 * them, all clipped to the span. Together they cover the accounted part of the span exactly once.
 */
export function buildTimeline(request: TimelineRequest): { recordings: FootageSpan[]; gaps: Hole[] } {
  const recordings = joinFootage(request);
  return { recordings, gaps: holesBetween(recordings, request) };
}

interface OpenSpan {
  startMs: number;
  endMs: number;
  readonly kind: RecordingKind;
}

function joinFootage(request: TimelineRequest): OpenSpan[] {
  const joinMs = Math.max(TOLERATED_HOLE_MS, request.resolutionMs);
  const joined: OpenSpan[] = [];
  for (const span of request.footage) {
    const last = joined.at(-1);
    const startMs = Math.max(span.startMs, request.startMs, last?.endMs ?? Number.NEGATIVE_INFINITY);
    const endMs = Math.min(span.endMs, request.endMs);
    if (endMs <= startMs) continue;
    const near = last !== undefined && startMs - last.endMs <= joinMs;
    if (near) last.endMs = startMs;
    if (near && last.kind === span.kind) last.endMs = endMs;
    else joined.push({ startMs, endMs, kind: span.kind });
  }
  return joined;
}

/** Also before the first and after the last recording, where a tolerated hole is given to the recording beside it. */
function holesBetween(recordings: readonly OpenSpan[], request: TimelineRequest): Hole[] {
  const fromMs = Math.max(request.startMs, request.accountedFromMs);
  const toMs = Math.min(request.endMs, request.accountedToMs);
  const first = recordings[0];
  const last = recordings.at(-1);
  if (first !== undefined && first.startMs > fromMs && first.startMs - fromMs <= TOLERATED_HOLE_MS)
    first.startMs = fromMs;
  if (last !== undefined && last.endMs < toMs && toMs - last.endMs <= TOLERATED_HOLE_MS) last.endMs = toMs;

  const holes: Hole[] = [];
  let coveredToMs = fromMs;
  for (const recording of recordings) {
    const endMs = Math.min(recording.startMs, toMs);
    if (endMs > coveredToMs) holes.push({ startMs: coveredToMs, endMs });
    coveredToMs = Math.max(coveredToMs, recording.endMs);
  }
  if (toMs > coveredToMs) holes.push({ startMs: coveredToMs, endMs: toMs });
  return holes;
}
