import { soundPlaysAsItIs } from "../media/sound-codec.ts";
import type { SegmentFragment, SegmentIndex } from "./segment-index.ts";
import { KNOWN_AFTER_MS, TOLERATED_HOLE_MS } from "./timeline.ts";

/** About how long an entry is; the real length is that of the whole GOPs nearest to it. */
const ENTRY_SECONDS = 6;

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
export function buildPlaylist(segments: readonly PlaylistSegment[], span: PlaylistSpan, nowMs: number): Playlist {
  const last = segments.at(-1);
  const reached = last !== undefined && last.endMs >= span.endMs;
  const ended = reached || (nowMs >= span.endMs + KNOWN_AFTER_MS && last?.open !== true);
  const entries: PlaylistEntry[] = [];
  let previous: PlaylistSegment | undefined;
  for (const segment of segments) {
    const mayGrow = segment.open && segment.endMs < span.endMs;
    const fragments = fragmentsOf(segment, span);
    if (fragments.length === 0) continue;
    const discontinuity = previous !== undefined && !goesOn(previous, segment);
    for (const [i, group] of entryGroups(segment, fragments, mayGrow, entries.length === 0).entries()) {
      entries.push(entryOf(segment, group, { beginsSegment: i === 0, discontinuity: i === 0 && discontinuity }));
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

/** Places of the fragments that belong to the span, as one group per GOP. */
function fragmentsOf(segment: PlaylistSegment, span: PlaylistSpan): Group[] {
  const { fragments, timescale } = segment.index;
  if (segment.endMs <= span.startMs) return [];
  // A day has hundreds of thousands of fragments: the span is converted to ticks once, not every fragment to wall time.
  const firstTicks = fragments[0]?.decodeTicks ?? 0;
  const startTicks = firstTicks + ((span.startMs - segment.startMs) * timescale) / 1000;
  const endTicks = firstTicks + ((span.endMs - segment.startMs) * timescale) / 1000;
  const gops: { from: number; to: number }[] = [];
  for (const [i, { decodeTicks, sync }] of fragments.entries()) {
    if (decodeTicks >= endTicks) break;
    if (sync && decodeTicks <= startTicks) gops.length = 0;
    const gop = gops.at(-1);
    if (gop === undefined || sync) gops.push({ from: i, to: i + 1 });
    else gop.to = i + 1;
  }
  return gops;
}

/** Joins GOPs to entries; the last one is left out when `mayGrow` and more footage could still belong to it. */
function entryGroups(segment: PlaylistSegment, gops: readonly Group[], mayGrow: boolean, firstOfAll: boolean): Group[] {
  const whole = mayGrow ? gops.slice(0, -1) : gops;
  const groups: Group[] = [];
  let from: number | undefined;
  for (const [i, gop] of whole.entries()) {
    from ??= gop.from;
    const seconds = secondsBetween(segment, from, gop.to);
    const nearest = seconds + secondsBetween(segment, gop.from, gop.to) / 2 >= ENTRY_SECONDS;
    const startsAtOnce = firstOfAll && groups.length === 0;
    const isLast = i === whole.length - 1 && !mayGrow;
    if (!nearest && !startsAtOnce && !isLast) continue;
    groups.push({ from, to: gop.to });
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
    ...place,
  };
}

/**
 * The playlist as text (HLS version 7, fragmented MP4 by byte ranges; segments whose sound must be converted by the addresses that do so).
 * `segmentUri` answers the address of a segment file by its name, without a query; `query` (such as `?media_token=…`, or "") is put behind
 * every address.
 */
export function playlistText(
  playlist: Playlist,
  address: { readonly segmentUri: (name: string) => string; readonly query: string },
): string {
  // RFC 8216, 4.3.3.1: no entry, rounded to whole seconds, may be longer.
  const targetSeconds = playlist.entries.reduce(
    (longest, e) => Math.max(longest, Math.round(e.durationSeconds)),
    ENTRY_SECONDS,
  );
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${playlist.ended ? "VOD" : "EVENT"}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
  ];
  for (const [i, entry] of playlist.entries.entries()) {
    const uri = address.segmentUri(entry.segment.name);
    const asItIs = soundPlaysAsItIs(entry.segment.index.codecs);
    if (entry.discontinuity) lines.push("#EXT-X-DISCONTINUITY");
    if (entry.beginsSegment) {
      const init = asItIs ? `${uri}/init` : `${uri}/playable/init.mp4`;
      lines.push(`#EXT-X-MAP:URI="${init}${address.query}"`);
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(entry.startMs).toISOString()}`);
    }
    lines.push(`#EXTINF:${entry.durationSeconds.toFixed(6)},`);
    if (asItIs) {
      lines.push(`#EXT-X-BYTERANGE:${entry.sizeBytes}@${entry.offsetBytes}`);
      lines.push(`${uri}${address.query}`);
    } else {
      const part = partQuery(entry, playlist.entries[i - 1]);
      lines.push(`${uri}/playable/part.mp4?${part}${address.query.replace("?", "&")}`);
    }
  }
  if (playlist.ended) lines.push("#EXT-X-ENDLIST");
  return `${lines.join("\n")}\n`;
}

/** Which part of its file an entry is; a file that goes on from the one before is converted with the end of that in mind. */
function partQuery(entry: PlaylistEntry, previous: PlaylistEntry | undefined): string {
  const range = `from=${entry.offsetBytes}&to=${entry.offsetBytes + entry.sizeBytes}`;
  const goesOnFrom = entry.beginsSegment && !entry.discontinuity ? previous?.segment.name : undefined;
  return goesOnFrom === undefined ? range : `${range}&after=${goesOnFrom}`;
}
