import type { SegmentIndex } from "./segment-index.ts";
import { KNOWN_AFTER_MS, TOLERATED_HOLE_MS } from "./timeline.ts";

/** About how long an entry is; the real length is that of the whole GOPs nearest to it. */
const ENTRY_SECONDS = 6;
/** Fast play: so much time of the player, and no less footage than in other entries, lest there be too many. */
const SYNC_ENTRY_SECONDS = 1;
/** Nobody waits long for what is converted first. */
const H264_ENTRY_SECONDS = 3;

/** The footage as it is. */
export const FULL = { kind: "full" } as const;

/** How a player gets the footage: as it is, only its key frames at a speed, or with H.265 converted to H.264. */
export type PlaylistVariant =
  | { readonly kind: "full" }
  | { readonly kind: "sync"; readonly speed: number }
  | { readonly kind: "h264" };

/** About how long an entry of a variant is, seconds of footage. */
export function entrySecondsOf(variant: PlaylistVariant): number {
  if (variant.kind === "sync") return Math.max(ENTRY_SECONDS, SYNC_ENTRY_SECONDS * variant.speed);
  return variant.kind === "h264" ? H264_ENTRY_SECONDS : ENTRY_SECONDS;
}

/** A segment file of a playlist; segments are given in the order of time. */
export interface PlaylistSegment {
  readonly name: string;
  readonly runId: string;
  /** Wall time of the first sample. */
  readonly startMs: number;
  readonly endMs: number;
  /** Still being written: the fragments of the index are those on the disk by now. */
  readonly open: boolean;
  /** May be made anew each time it is asked for: those of a day are not held together. */
  readonly index: SegmentIndex;
}

export interface PlaylistSpan {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** Consecutive fragments of one file that a player loads at once; begins with a sync sample. */
export interface PlaylistEntry {
  readonly segment: PlaylistSegment;
  /** Of its segment's index. */
  readonly codecs: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly startMs: number;
  readonly durationSeconds: number;
  /** The footage does not go on from the entry before: another run, a hole, other codecs. */
  readonly discontinuity: boolean;
}

export interface Playlist {
  /**
   * Those of one segment after the other. Made while they are read, each time anew: a day has ten thousand, of hundreds of indexes that are
   * let go one after the other.
   */
  readonly entries: Iterable<readonly PlaylistEntry[]>;
  /** Nothing will be added. */
  readonly ended: boolean;
}

/** Whether there is anything to play. */
export function hasEntries({ entries }: Playlist): boolean {
  return entries[Symbol.iterator]().next().done !== true;
}

/** Wall time at which the last fragment ends of a segment that begins at `startMs`. */
export function segmentEndMs(startMs: number, index: SegmentIndex): number {
  const first = index.fragments[0];
  const last = index.fragments.at(-1);
  if (first === undefined || last === undefined) return startMs;
  return startMs + ((last.decodeTicks + last.durationTicks - first.decodeTicks) * 1000) / index.timescale;
}

/**
 * The entries that play the span, from the GOP that holds its start to the last fragment that begins before its end. A published entry
 * never changes, however far an open segment grows meanwhile: where an entry ends depends only on the GOPs before that point, and the
 * last, unfinished entry of an open segment is held back while footage of the span may still be added. The very first entry is a
 * single GOP, so that playback starts at once and the newest footage is not held back for the length of a whole entry.
 */
export function buildPlaylist(
  segments: readonly PlaylistSegment[],
  span: PlaylistSpan,
  nowMs: number,
  variant: PlaylistVariant = FULL,
): Playlist {
  const last = segments.at(-1);
  const reached = last !== undefined && last.endMs >= span.endMs;
  const ended = reached || (nowMs >= span.endMs + KNOWN_AFTER_MS && last?.open !== true);
  const seconds = entrySecondsOf(variant);
  return {
    entries: { [Symbol.iterator]: () => entriesOf(segments, span, seconds) },
    ended,
  };
}

function* entriesOf(
  segments: readonly PlaylistSegment[],
  span: PlaylistSpan,
  entrySeconds: number,
): Generator<readonly PlaylistEntry[]> {
  let previous: Played | undefined;
  for (const segment of segments) {
    const mayGrow = segment.open && segment.endMs < span.endMs;
    const { index } = segment;
    const gops = gopsOf(segment, index, span);
    if (gops.starts.length === 0) continue;
    const { codecs } = index;
    const discontinuity = previous !== undefined && !goesOn(previous, { segment, codecs });
    const groups = entryGroups(index, gops, { mayGrow, firstOfAll: previous === undefined, entrySeconds });
    if (groups.length === 0) continue;
    yield groups.map((group, i) => entryOf({ segment, index }, group, i === 0 && discontinuity));
    previous = { segment, codecs };
  }
}

interface Played {
  readonly segment: PlaylistSegment;
  readonly codecs: string;
}

function goesOn(before: Played, after: Played): boolean {
  return (
    before.segment.runId === after.segment.runId &&
    before.codecs === after.codecs &&
    Math.abs(after.segment.startMs - before.segment.endMs) <= TOLERATED_HOLE_MS
  );
}

/** A run of fragments of a segment: `from` inclusive, `to` exclusive, places in the index. */
interface Group {
  readonly from: number;
  readonly to: number;
}

/** Media time of an instant. */
function ticksAt(startMs: number, index: SegmentIndex, atMs: number): number {
  return (index.fragments[0]?.decodeTicks ?? 0) + ((atMs - startMs) * index.timescale) / 1000;
}

/** GOPs one behind the other: the places of their first fragments, and that behind the last fragment. */
interface Gops {
  readonly starts: readonly number[];
  readonly end: number;
}

/** The fragments that belong to the span. */
function gopsOf({ startMs, endMs }: PlaylistSegment, index: SegmentIndex, span: PlaylistSpan): Gops {
  const { fragments } = index;
  const starts: number[] = [];
  let end = 0;
  if (endMs <= span.startMs) return { starts, end };
  // A day has hundreds of thousands of fragments: the span is converted to ticks once, not every fragment to wall time.
  const startTicks = ticksAt(startMs, index, span.startMs);
  const endTicks = ticksAt(startMs, index, span.endMs);
  for (const { decodeTicks, sync } of fragments) {
    if (decodeTicks >= endTicks) break;
    if (sync && decodeTicks <= startTicks) starts.length = 0;
    if (sync || starts.length === 0) starts.push(end);
    end += 1;
  }
  return { starts, end };
}

/** Joins GOPs to entries; the last one is left out when `mayGrow` and more footage could still belong to it. */
function entryGroups(
  index: SegmentIndex,
  gops: Gops,
  shape: { readonly mayGrow: boolean; readonly firstOfAll: boolean; readonly entrySeconds: number },
): Group[] {
  const { mayGrow, firstOfAll, entrySeconds } = shape;
  const count = gops.starts.length - (mayGrow ? 1 : 0);
  const groups: Group[] = [];
  let from: number | undefined;
  for (let gop = 0; gop < count; gop += 1) {
    const start = gops.starts[gop] ?? 0;
    const to = gops.starts[gop + 1] ?? gops.end;
    from ??= start;
    const seconds = secondsBetween(index, from, to);
    const nearest = seconds + secondsBetween(index, start, to) / 2 >= entrySeconds;
    const startsAtOnce = firstOfAll && groups.length === 0;
    const isLast = gop === count - 1 && !mayGrow;
    if (!nearest && !startsAtOnce && !isLast) continue;
    groups.push({ from, to });
    from = undefined;
  }
  return groups;
}

/** Length of the fragments from place `from` to before `to`: up to where the next one begins, where there is a next one. */
function secondsBetween({ fragments, timescale }: SegmentIndex, from: number, to: number): number {
  const first = fragments[from];
  const last = fragments[to - 1];
  if (first === undefined || last === undefined) return 0;
  const endTicks = fragments[to]?.decodeTicks ?? last.decodeTicks + last.durationTicks;
  return (endTicks - first.decodeTicks) / timescale;
}

function entryOf(
  { segment, index }: { readonly segment: PlaylistSegment; readonly index: SegmentIndex },
  group: Group,
  discontinuity: boolean,
): PlaylistEntry {
  const { fragments, timescale, codecs } = index;
  const first = fragments[group.from];
  const last = fragments[group.to - 1];
  if (first === undefined || last === undefined) throw new RangeError("A playlist entry without fragments.");
  const ticks = first.decodeTicks - (fragments[0] ?? first).decodeTicks;
  return {
    segment,
    codecs,
    offsetBytes: first.offsetBytes,
    sizeBytes: last.offsetBytes + last.sizeBytes - first.offsetBytes,
    startMs: segment.startMs + (ticks * 1000) / timescale,
    durationSeconds: secondsBetween(index, group.from, group.to),
    discontinuity,
  };
}

/** H.265, which many browsers do not play. */
export function isH265(codecs: string): boolean {
  return /\bh(vc|ev)1\b/.test(codecs);
}

/** Whether a playlist has footage that a variant converts to H.264. */
export function convertsToH264({ entries }: Playlist, variant: PlaylistVariant): boolean {
  if (variant.kind !== "h264") return false;
  for (const [first] of entries) if (first !== undefined && isH265(first.codecs)) return true;
  return false;
}
