import { AsciiWriter } from "../base/ascii-writer.ts";
import { soundPlaysAsItIs } from "../media/sound-codec.ts";
import {
  entrySecondsOf,
  FULL,
  isH265,
  type Playlist,
  type PlaylistEntry,
  type PlaylistSegment,
  type PlaylistVariant,
} from "./playlist.ts";

/** More than `head` takes. */
const HEAD_BYTES = 256;

interface PlaylistAddress {
  /** The address of a segment file by its name, without a query. */
  readonly segmentUri: (name: string) => string;
  /** Put behind every address, such as `?media_token=…`; or "". */
  readonly query: string;
}

/** Where the entries of a segment are got from. */
interface SegmentSource {
  readonly init: string;
  /** Writes an entry that plays for so many seconds; `after`: the segment that its sound goes on from. */
  readonly write: (out: AsciiWriter, entry: PlaylistEntry, seconds: number, after: PlaylistSegment | undefined) => void;
}

/**
 * The playlist as ASCII text (HLS version 7, fragmented MP4): byte ranges of the files, or the addresses that convert a part of one. Times
 * of the variant `sync` are those of the player, and each of its entries says its wall time, because that runs faster. It is written into
 * `memory` where that is large enough.
 */
export function playlistText(
  playlist: Playlist,
  address: PlaylistAddress,
  variant: PlaylistVariant = FULL,
  memory?: Buffer,
): Buffer {
  const speed = variant.kind === "sync" ? variant.speed : 1;
  const body = new AsciiWriter(memory, HEAD_BYTES);
  const rangeHead = rangeHeads();
  let targetSeconds = Math.round(entrySecondsOf(variant) / speed);
  let previous: PlaylistEntry | undefined;
  for (const entries of playlist.entries) {
    const [first] = entries;
    if (first === undefined) continue;
    const source = sourceOf(first, address, variant, rangeHead);
    if (first.discontinuity) body.text("#EXT-X-DISCONTINUITY\n");
    body.text(`#EXT-X-MAP:URI="${source.init}${address.query}"\n`);
    let after = first.discontinuity ? undefined : previous?.segment;
    for (const entry of entries) {
      const seconds = entry.durationSeconds / speed;
      // RFC 8216, 4.3.3.1: no entry, rounded to whole seconds, may be longer.
      targetSeconds = Math.max(targetSeconds, Math.round(seconds));
      if (entry === first || variant.kind === "sync")
        body.text(`#EXT-X-PROGRAM-DATE-TIME:${new Date(entry.startMs).toISOString()}\n`);
      source.write(body, entry, seconds, after);
      after = undefined;
    }
    previous = first;
  }
  if (playlist.ended) body.text("#EXT-X-ENDLIST\n");
  return body.bytesBehind(head(targetSeconds, playlist.ended));
}

function head(targetSeconds: number, ended: boolean): string {
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    `#EXT-X-PLAYLIST-TYPE:${ended ? "VOD" : "EVENT"}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    "",
  ].join("\n");
}

/** What stands ahead of a byte range: most entries of a camera are equally long, and a number with its decimals takes long to write. */
function rangeHeads(): (seconds: number) => Uint8Array {
  const written = new Map<number, Uint8Array>();
  return (seconds) => {
    let lines = written.get(seconds);
    if (lines === undefined) {
      lines = Buffer.from(`${durationLine(seconds)}#EXT-X-BYTERANGE:`);
      written.set(seconds, lines);
    }
    return lines;
  };
}

function durationLine(seconds: number): string {
  return `#EXTINF:${seconds.toFixed(6)},\n`;
}

function sourceOf(
  { segment, codecs }: PlaylistEntry,
  { segmentUri, query }: PlaylistAddress,
  variant: PlaylistVariant,
  rangeHead: (seconds: number) => Uint8Array,
): SegmentSource {
  const uri = segmentUri(segment.name);
  if (variant.kind === "sync")
    return converted(uri, "sync", (entry) => `${rangeQuery(entry)}&speed=${variant.speed}`, query);
  if (variant.kind === "h264" && isH265(codecs)) return converted(uri, "h264", soundQuery, query);
  if (!soundPlaysAsItIs(codecs)) return converted(uri, "playable", soundQuery, query);
  const file = Buffer.from(`\n${uri}${query}\n`);
  return {
    init: `${uri}/init`,
    write: (out, { sizeBytes, offsetBytes }, seconds) => {
      out.encoded(rangeHead(seconds));
      out.number(sizeBytes);
      out.byte(AT);
      out.number(offsetBytes);
      out.encoded(file);
    },
  };
}

/** `@` */
const AT = 0x40;

/** Entries of a segment that are converted, as `how` says. */
function converted(
  uri: string,
  how: string,
  queryOf: (entry: PlaylistEntry, after: PlaylistSegment | undefined) => string,
  query: string,
): SegmentSource {
  const rest = query.replace("?", "&");
  return {
    init: `${uri}/${how}/init.mp4`,
    write: (out, entry, seconds, after) =>
      out.text(`${durationLine(seconds)}${uri}/${how}/part.mp4?${queryOf(entry, after)}${rest}\n`),
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
