import type { GapCause, NotWantedCause, RecordingKind } from "@nightjar/api/camera";
import type { LedgerSpan } from "./ledger.ts";

/** Between segments a hole up to this long is the rounding of clocks, not missing footage. */
export const TOLERATED_HOLE_MS = 200;

/** How long after an instant its footage is in the catalog at the latest: a run has no named segment in its first seconds. */
export const KNOWN_AFTER_MS = 10_000;

/** Footage that a failing disk took and lost again: at most what was written since it was last synced. */
const LOST_BY_DISK_MS = 5000;

export interface FootageSpan {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly kind: RecordingKind;
}

/** No footage, and why. */
export interface Gap {
  readonly startMs: number;
  readonly endMs: number;
  readonly cause: GapCause | NotWantedCause;
  /** Whether there should be footage. */
  readonly wanted: boolean;
}

export interface TimelineRequest {
  /** Footage that touches the asked span, ordered by start. */
  readonly footage: Iterable<FootageSpan>;
  /** What the ledger tells of the asked span, oldest first, without overlap. */
  readonly ledger: readonly LedgerSpan[];
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
 * What a person sees of a camera's span: recordings (segments of one kind without a noticeable hole between them) and the gaps between
 * and inside of them, all clipped to the span. Together they cover the accounted part of the span exactly once.
 *
 * Footage that is there is told as footage even where the ledger says that none was wanted (what was kept from the buffer was decided
 * upon later). Only a gap that the ledger saw inside a segment, such as pictures that a slow disk lost, is taken out of it.
 */
export function buildTimeline(request: TimelineRequest): { recordings: FootageSpan[]; gaps: Gap[] } {
  const whole = joinFootage(request);
  const holes = holesBetween(whole, request);
  const lost = lostInside(whole, request);
  const gaps = [...holes.flatMap((hole) => explained(hole, request.ledger)), ...lost];
  return { recordings: withoutGaps(whole, lost), gaps: joinGaps(gaps.sort((a, b) => a.startMs - b.startMs)) };
}

interface Hole {
  readonly startMs: number;
  readonly endMs: number;
}

interface OpenSpan {
  startMs: number;
  endMs: number;
  readonly kind: RecordingKind;
}

function joinedUpToMs({ resolutionMs }: TimelineRequest): number {
  return Math.max(TOLERATED_HOLE_MS, resolutionMs);
}

function joinFootage(request: TimelineRequest): OpenSpan[] {
  const joinMs = joinedUpToMs(request);
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

/** The gaps that the ledger tells of accounted footage, where they are longer than what is joined. */
function lostInside(recordings: readonly OpenSpan[], request: TimelineRequest): Gap[] {
  const fromMs = Math.max(request.startMs, request.accountedFromMs);
  const toMs = Math.min(request.endMs, request.accountedToMs);
  const joinMs = joinedUpToMs(request);
  const lost: Gap[] = [];
  const told = request.ledger.flatMap(({ state, ...span }) => (state.kind === "gap" ? [{ ...span, ...state }] : []));
  let next = 0;
  for (const recording of recordings) {
    while ((told[next]?.endMs ?? Number.POSITIVE_INFINITY) <= recording.startMs) next += 1;
    for (let i = next; i < told.length; i += 1) {
      const gap = told[i];
      if (gap === undefined || gap.startMs >= recording.endMs) break;
      const startMs = Math.max(gap.startMs, recording.startMs, fromMs);
      const endMs = Math.min(gap.endMs, recording.endMs, toMs);
      if (endMs - startMs > joinMs) lost.push({ startMs, endMs, cause: gap.cause, wanted: true });
    }
  }
  return lost;
}

function withoutGaps(recordings: readonly OpenSpan[], gaps: readonly Gap[]): FootageSpan[] {
  const left: FootageSpan[] = [];
  let next = 0;
  for (const { startMs, endMs, kind } of recordings) {
    let fromMs = startMs;
    for (let gap = gaps[next]; gap !== undefined && gap.startMs < endMs; gap = gaps[next]) {
      if (gap.startMs > fromMs) left.push({ startMs: fromMs, endMs: gap.startMs, kind });
      fromMs = gap.endMs;
      next += 1;
    }
    if (endMs > fromMs) left.push({ startMs: fromMs, endMs, kind });
  }
  return left;
}

/** A hole in pieces, each with its cause as the ledger tells it; `unknown` where it tells nothing, or footage that is not there. */
function explained(hole: Hole, ledger: readonly LedgerSpan[]): Gap[] {
  const pieces: Gap[] = [];
  const add = (startMs: number, endMs: number, cause: Gap["cause"], wanted: boolean): void => {
    if (endMs > startMs) pieces.push({ startMs, endMs, cause, wanted });
  };
  let toldToMs = hole.startMs;
  for (let i = firstAfter(ledger, hole.startMs); i < ledger.length; i += 1) {
    const span = ledger[i];
    if (span === undefined || span.startMs >= hole.endMs) break;
    if (span.state.kind === "recorded") continue;
    const startMs = Math.max(span.startMs, hole.startMs);
    const endMs = Math.min(span.endMs, hole.endMs);
    add(toldToMs, startMs, "unknown", true);
    add(startMs, endMs, span.state.cause, span.state.kind === "gap");
    toldToMs = endMs;
  }
  add(toldToMs, hole.endMs, "unknown", true);
  return withoutSlivers(lostByDisk(pieces));
}

/** The ledger had told it as footage; the file that came back from the failed disk ends earlier. */
function lostByDisk(pieces: readonly Gap[]): Gap[] {
  return pieces.map((piece, i) => {
    const next = pieces[i + 1];
    const isLost = piece.cause === "unknown" && piece.endMs - piece.startMs <= LOST_BY_DISK_MS;
    return isLost && next?.cause === "storage_missing" ? { ...piece, cause: next.cause } : piece;
  });
}

/** Index of the first span that ends after `atMs`. */
function firstAfter(ledger: readonly LedgerSpan[], atMs: number): number {
  let low = 0;
  let high = ledger.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ledger[middle]?.endMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Segments and ledger differ by the rounding of clocks: so little that is unknown beside a known cause has that cause too. */
function withoutSlivers(pieces: readonly Gap[]): Gap[] {
  return pieces.map((piece, i) => {
    if (piece.cause !== "unknown" || piece.endMs - piece.startMs > TOLERATED_HOLE_MS) return piece;
    const beside = pieces[i - 1] ?? pieces[i + 1] ?? piece;
    return { ...piece, cause: beside.cause, wanted: beside.wanted };
  });
}

function joinGaps(gaps: readonly Gap[]): Gap[] {
  const joined: Gap[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    const goesOn = last?.endMs === gap.startMs && last.cause === gap.cause && last.wanted === gap.wanted;
    if (last !== undefined && goesOn) joined[joined.length - 1] = { ...last, endMs: gap.endMs };
    else joined.push(gap);
  }
  return joined;
}
