import { soundPlaysAsItIs } from "../media/sound-codec.ts";
import type { SegmentFragment, SegmentIndex } from "./segment-index.ts";
import { KNOWN_AFTER_MS, TOLERATED_HOLE_MS } from "./timeline.ts";

/** About how long an entry is; the real length is that of the whole GOPs nearest to it. */
const ENTRY_SECONDS = 6;
/** Fast play: so much time of the player, and no less footage than in other entries, lest there be too many. */
const SYNC_ENTRY_SECONDS = 1;
/** Nobody waits long for what is converted first. */
const H264_ENTRY_SECONDS = 3;

const FULL = { kind: "full" } as const;

/** How a player gets the footage: as it is, only its key frames at a speed, or with H.265 converted to H.264. */
export type PlaylistVariant =
  | { readonly kind: "full" }
  | { readonly kind: "sync"; readonly speed: number }
  | { readonly kind: "h264" };

function entrySecondsOf(variant: PlaylistVariant): number {
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
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly startMs: number;
  readonly durationSeconds: number;
  /** First entry of its file: a new init segment and a new wall time. */
  readonly beginsSegment: boolean;
  /** The footage does not go on from the entry before: another run, a hole, other codecs. */
  readonly discontinuity: boolean;
}

export interface Playlist {
  readonly entries: readonly PlaylistEntry[];
  /** Nothing will be added. */
  readonly ended: boolean;
}

/** Wall time of a fragment: the segment's start plus the media time since its first fragment. */
function fragmentStartMs(segment: PlaylistSegment, fragment: SegmentFragment): number {
  const first = segment.index.fragments[0] ?? fragment;
  return segment.startMs + ((fragment.decodeTicks - first.decodeTicks) * 1000) / segment.index.timescale;
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
  const entries: PlaylistEntry[] = [];
  let previous: PlaylistSegment | undefined;
  for (const segment of segments) {
    const mayGrow = segment.open && segment.endMs < span.endMs;
    const gops = gopsOf(segment, span);
    if (gops.starts.length === 0) continue;
    const discontinuity = previous !== undefined && !goesOn(previous, segment);
    const shape = { mayGrow, firstOfAll: entries.length === 0, entrySeconds: entrySecondsOf(variant) };
    let beginsSegment = true;
    for (const group of entryGroups(segment, gops, shape)) {
      entries.push(entryOf(segment, group, { beginsSegment, discontinuity: beginsSegment && discontinuity }));
      beginsSegment = false;
    }
    if (entries.at(-1)?.segment === segment) previous = segment;
  }
  return { entries, ended };
}

function goesOn(before: PlaylistSegment, after: PlaylistSegment): boolean {
  return (
    before.runId === after.runId &&
    before.index.codecs === after.index.codecs &&
    Math.abs(after.startMs - before.endMs) <= TOLERATED_HOLE_MS
  );
}

/** A run of fragments of a segment: `from` inclusive, `to` exclusive, places in the index. */
interface Group {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether GOPs tell as much of a closed segment as its fragments do: where the span ends inside of it, single fragments count. `index`: of
 * whole GOPs.
 */
export function gopsSuffice(
  { startMs, index }: Pick<PlaylistSegment, "startMs" | "index">,
  span: PlaylistSpan,
): boolean {
  const last = index.fragments.at(-1);
  return last !== undefined && last.decodeTicks + last.durationTicks < ticksAt({ startMs, index }, span.endMs);
}

/** Media time of an instant. */
function ticksAt({ startMs, index }: Pick<PlaylistSegment, "startMs" | "index">, atMs: number): number {
  return (index.fragments[0]?.decodeTicks ?? 0) + ((atMs - startMs) * index.timescale) / 1000;
}

/** GOPs one behind the other: the places of their first fragments, and that behind the last fragment. */
interface Gops {
  readonly starts: readonly number[];
  readonly end: number;
}

/** The fragments that belong to the span. */
function gopsOf(segment: PlaylistSegment, span: PlaylistSpan): Gops {
  const { fragments } = segment.index;
  const starts: number[] = [];
  let end = 0;
  if (segment.endMs <= span.startMs) return { starts, end };
  // A day has hundreds of thousands of fragments: the span is converted to ticks once, not every fragment to wall time.
  const startTicks = ticksAt(segment, span.startMs);
  const endTicks = ticksAt(segment, span.endMs);
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
  segment: PlaylistSegment,
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
    const seconds = secondsBetween(segment, from, to);
    const nearest = seconds + secondsBetween(segment, start, to) / 2 >= entrySeconds;
    const startsAtOnce = firstOfAll && groups.length === 0;
    const isLast = gop === count - 1 && !mayGrow;
    if (!nearest && !startsAtOnce && !isLast) continue;
    groups.push({ from, to });
    from = undefined;
  }
  return groups;
}

/** Length of the fragments from place `from` to before `to`: up to where the next one begins, where there is a next one. */
function secondsBetween(segment: PlaylistSegment, from: number, to: number): number {
  const { fragments, timescale } = segment.index;
  const first = fragments[from];
  const last = fragments[to - 1];
  if (first === undefined || last === undefined) return 0;
  const endTicks = fragments[to]?.decodeTicks ?? last.decodeTicks + last.durationTicks;
  return (endTicks - first.decodeTicks) / timescale;
}

function entryOf(
  segment: PlaylistSegment,
  group: Group,
  place: Pick<PlaylistEntry, "beginsSegment" | "discontinuity">,
): PlaylistEntry {
  const { fragments } = segment.index;
  const first = fragments[group.from];
  const last = fragments[group.to - 1];
  if (first === undefined || last === undefined) throw new RangeError("A playlist entry without fragments.");
  return {
    segment,
    offsetBytes: first.offsetBytes,
    sizeBytes: last.offsetBytes + last.sizeBytes - first.offsetBytes,
    startMs: fragmentStartMs(segment, first),
    durationSeconds: secondsBetween(segment, group.from, group.to),
    beginsSegment: place.beginsSegment,
    discontinuity: place.discontinuity,
  };
}

/** H.265, which many browsers do not play. */
function isH265({ index }: PlaylistSegment): boolean {
  return /\bh(vc|ev)1\b/.test(index.codecs);
}

/** Whether a playlist has footage that a variant converts to H.264. */
export function convertsToH264({ entries }: Playlist, variant: PlaylistVariant): boolean {
  return variant.kind === "h264" && entries.some(({ beginsSegment, segment }) => beginsSegment && isH265(segment));
}

interface PlaylistAddress {
  /** The address of a segment file by its name, without a query. */
  readonly segmentUri: (name: string) => string;
  /** Put behind every address, such as `?media_token=…`; or "". */
  readonly query: string;
}

/** Where the entries of a segment are got from. */
interface SegmentSource {
  readonly init: string;
  /** What stands in the playlist for an entry; `after`: the segment that its sound goes on from. */
  readonly part: (entry: PlaylistEntry, after: PlaylistSegment | undefined) => string;
}

/**
 * The playlist as text (HLS version 7, fragmented MP4): byte ranges of the files, or the addresses that convert a part of one. Times of the
 * variant `sync` are those of the player, and each of its entries says its wall time, because that runs faster.
 */
export function playlistText(playlist: Playlist, address: PlaylistAddress, variant: PlaylistVariant = FULL): string {
  const speed = variant.kind === "sync" ? variant.speed : 1;
  // RFC 8216, 4.3.3.1: no entry, rounded to whole seconds, may be longer.
  const targetSeconds = playlist.entries.reduce(
    (longest, e) => Math.max(longest, Math.round(e.durationSeconds / speed)),
    Math.round(entrySecondsOf(variant) / speed),
  );
  const head = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${playlist.ended ? "VOD" : "EVENT"}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    "",
  ];
  // Put together as it grows: joining ten thousand lines takes twice the time.
  let text = head.join("\n");
  const durationLine = durationLines();
  let source: SegmentSource | undefined;
  let previous: PlaylistEntry | undefined;
  for (const entry of playlist.entries) {
    // A day has ten thousand entries, but hundreds of segments.
    if (source === undefined || entry.beginsSegment) source = sourceOf(entry.segment, address, variant);
    if (entry.discontinuity) text += "#EXT-X-DISCONTINUITY\n";
    if (entry.beginsSegment) text += `#EXT-X-MAP:URI="${source.init}${address.query}"\n`;
    if (entry.beginsSegment || variant.kind === "sync")
      text += `#EXT-X-PROGRAM-DATE-TIME:${new Date(entry.startMs).toISOString()}\n`;
    const after = entry.beginsSegment && !entry.discontinuity ? previous?.segment : undefined;
    text += durationLine(entry.durationSeconds / speed);
    text += source.part(entry, after);
    text += "\n";
    previous = entry;
  }
  if (playlist.ended) text += "#EXT-X-ENDLIST\n";
  return text;
}

/** Most entries of a camera are equally long, and writing a number with its decimals takes longer than all else of an entry. */
function durationLines(): (seconds: number) => string {
  const written = new Map<number, string>();
  return (seconds) => {
    let line = written.get(seconds);
    if (line === undefined) {
      line = `#EXTINF:${seconds.toFixed(6)},\n`;
      written.set(seconds, line);
    }
    return line;
  };
}

function sourceOf(
  segment: PlaylistSegment,
  { segmentUri, query }: PlaylistAddress,
  variant: PlaylistVariant,
): SegmentSource {
  const uri = segmentUri(segment.name);
  const rest = query.replace("?", "&");
  const converted = (how: string, queryOf: SegmentSource["part"]): SegmentSource => ({
    init: `${uri}/${how}/init.mp4`,
    part: (entry, after) => `${uri}/${how}/part.mp4?${queryOf(entry, after)}${rest}`,
  });
  if (variant.kind === "sync") return converted("sync", (entry) => `${rangeQuery(entry)}&speed=${variant.speed}`);
  if (variant.kind === "h264" && isH265(segment)) return converted("h264", soundQuery);
  if (!soundPlaysAsItIs(segment.index.codecs)) return converted("playable", soundQuery);
  const file = `${uri}${query}`;
  return {
    init: `${uri}/init`,
    part: ({ sizeBytes, offsetBytes }) => `#EXT-X-BYTERANGE:${sizeBytes}@${offsetBytes}\n${file}`,
  };
}

/** Which part of its file an entry is. */
function rangeQuery({ offsetBytes, sizeBytes }: PlaylistEntry): string {
  return `from=${offsetBytes}&to=${offsetBytes + sizeBytes}`;
}

/** The same; the sound of a file that goes on from the one before is converted with the end of that in mind. */
function soundQuery(entry: PlaylistEntry, after: PlaylistSegment | undefined): string {
  return after === undefined ? rangeQuery(entry) : `${rangeQuery(entry)}&after=${after.name}`;
}
