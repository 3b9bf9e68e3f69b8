import { MalformedMedia } from "../malformed-media.ts";
import {
  type BoxSpan,
  boxBytes,
  boxesIn,
  childrenOf,
  findChild,
  readU64,
  requireBody,
  requireChild,
  requirePath,
} from "./box.ts";

/** One track of an init segment, read from its `trak` (ISO/IEC 14496-12, clause 8.3). */
export interface InitTrack {
  readonly id: number;
  readonly kind: "video" | "audio";
  /** Ticks per second of the track's media. */
  readonly timescale: number;
  /** Four-character code of the sample entry: `avc1`, `hvc1`, `hev1`, `mp4a`, `Opus` … */
  readonly sampleEntry: string;
  /** Where that code stands in the `moov`. */
  readonly sampleEntryAt: number;
  /** Body of the decoder configuration box (`avcC`, `hvcC`, `esds` …); empty when there is none. */
  readonly decoderConfig: Buffer;
  /** Pixels; 0 for audio. */
  readonly width: number;
  readonly height: number;
  /** What the edit list adds to media time, in ticks: an empty edit delays, a media_time skips (clause 8.6.6). */
  readonly editOffsetTicks: number;
  /** Defaults of `trex` (clause 8.8.3), used where a `tfhd` has none. */
  readonly defaults: SampleDefaults;
}

export interface SampleDefaults {
  readonly durationTicks: number;
  readonly sizeBytes: number;
  readonly flags: number;
}

export interface InitSegment {
  /** Ticks per second of the movie header. */
  readonly movieTimescale: number;
  readonly tracks: readonly InitTrack[];
}

const SAMPLE_ENTRY_HEADER_BYTES = 8;
/** Fields of a visual sample entry ahead of its boxes (clause 12.1.3). */
export const VISUAL_ENTRY_BYTES = 78;
/** The same of an audio sample entry (clause 12.2.3). */
export const AUDIO_ENTRY_BYTES = 28;

/** Reads a whole `moov` box. Throws MalformedMedia. Tracks that are neither video nor audio are left out. */
export function parseMoov(moov: Buffer): InitSegment {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root?.type !== "moov") throw new MalformedMedia("not a moov box");
  const movieTimescale = timescaleOf(moov, requireChild(moov, root, "mvhd"));
  const defaults = trackDefaults(moov, root);
  const tracks: InitTrack[] = [];
  for (const trak of childrenOf(moov, root)) {
    if (trak.type !== "trak") continue;
    const track = parseTrak(moov, trak, movieTimescale, defaults);
    if (track !== null) tracks.push(track);
  }
  return { movieTimescale, tracks };
}

function parseTrak(
  moov: Buffer,
  trak: BoxSpan,
  movieTimescale: number,
  defaults: Map<number, SampleDefaults>,
): InitTrack | null {
  const kind = trackKind(moov, requirePath(moov, trak, "mdia", "hdlr"));
  if (kind === null) return null;
  const id = trackId(moov, requireChild(moov, trak, "tkhd"));
  const timescale = timescaleOf(moov, requirePath(moov, trak, "mdia", "mdhd"));
  const entry = firstSampleEntry(moov, requirePath(moov, trak, "mdia", "minf", "stbl", "stsd"));
  const video = kind === "video";
  const bodyBytes = video ? VISUAL_ENTRY_BYTES : AUDIO_ENTRY_BYTES;
  requireBody(entry, bodyBytes);
  const config = boxesIn(moov, entry.bodyStart + bodyBytes, entry.end).find((box) => DECODER_CONFIGS.has(box.type));
  return {
    id,
    kind,
    timescale,
    sampleEntry: entry.type,
    sampleEntryAt: entry.start + 4,
    decoderConfig: config === undefined ? Buffer.alloc(0) : moov.subarray(config.bodyStart, config.end),
    width: video ? moov.readUInt16BE(entry.bodyStart + 24) : 0,
    height: video ? moov.readUInt16BE(entry.bodyStart + 26) : 0,
    editOffsetTicks: editOffset(moov, trak, timescale, movieTimescale),
    defaults: defaults.get(id) ?? { durationTicks: 0, sizeBytes: 0, flags: 0 },
  };
}

const DECODER_CONFIGS: ReadonlySet<string> = new Set(["avcC", "hvcC", "esds", "dOps", "alac"]);

function trackKind(moov: Buffer, hdlr: BoxSpan): "video" | "audio" | null {
  requireBody(hdlr, 12);
  const handler = moov.toString("latin1", hdlr.bodyStart + 8, hdlr.bodyStart + 12);
  if (handler === "vide") return "video";
  return handler === "soun" ? "audio" : null;
}

/** `track_ID` of a `tkhd`. Throws MalformedMedia. */
export function trackId(moov: Buffer, tkhd: BoxSpan): number {
  requireBody(tkhd, 24);
  return moov.readUInt32BE(tkhd.bodyStart + (moov[tkhd.bodyStart] === 1 ? 20 : 12));
}

/** `timescale` of `mvhd` or `mdhd`: it stands at the same place in both (clauses 8.2.2, 8.4.2). */
function timescaleOf(moov: Buffer, header: BoxSpan): number {
  requireBody(header, 24);
  const timescale = moov.readUInt32BE(header.bodyStart + (moov[header.bodyStart] === 1 ? 20 : 12));
  if (timescale === 0) throw new MalformedMedia(`${header.type} has a timescale of 0`);
  return timescale;
}

/** The one that counts here: ffmpeg writes one. Throws MalformedMedia. */
export function firstSampleEntry(moov: Buffer, stsd: BoxSpan): BoxSpan {
  requireBody(stsd, 8 + SAMPLE_ENTRY_HEADER_BYTES);
  const [entry] = boxesIn(moov, stsd.bodyStart + 8, stsd.end);
  if (entry === undefined) throw new MalformedMedia("stsd has no sample entry");
  return entry;
}

function trackDefaults(moov: Buffer, root: BoxSpan): Map<number, SampleDefaults> {
  const defaults = new Map<number, SampleDefaults>();
  const mvex = findChild(moov, root, "mvex");
  if (mvex === undefined) return defaults;
  for (const trex of childrenOf(moov, mvex)) {
    if (trex.type !== "trex") continue;
    requireBody(trex, 24);
    const at = trex.bodyStart + 4;
    defaults.set(moov.readUInt32BE(at), {
      durationTicks: moov.readUInt32BE(at + 8),
      sizeBytes: moov.readUInt32BE(at + 12),
      flags: moov.readUInt32BE(at + 16),
    });
  }
  return defaults;
}

function editOffset(moov: Buffer, trak: BoxSpan, timescale: number, movieTimescale: number): number {
  const edts = findChild(moov, trak, "edts");
  const elst = edts === undefined ? undefined : findChild(moov, edts, "elst");
  if (elst === undefined) return 0;
  requireBody(elst, 8);
  const long = moov[elst.bodyStart] === 1;
  const entryBytes = long ? 20 : 12;
  const count = moov.readUInt32BE(elst.bodyStart + 4);
  requireBody(elst, 8 + count * entryBytes);
  let offsetTicks = 0;
  for (let index = 0; index < count; index += 1) {
    const at = elst.bodyStart + 8 + index * entryBytes;
    const durationMovieTicks = long ? readU64(moov, at) : moov.readUInt32BE(at);
    const mediaTime = long ? Number(moov.readBigInt64BE(at + 8)) : moov.readInt32BE(at + 4);
    if (mediaTime !== -1) return offsetTicks - mediaTime;
    offsetTicks += Math.round((durationMovieTicks * timescale) / movieTimescale);
  }
  return offsetTicks;
}

/** What the edit list of each track adds to its media time, in ticks of the track; tracks of every kind. Throws MalformedMedia. */
export function editOffsets(
  moov: Buffer,
): Map<number, { readonly timescale: number; readonly offsetTicks: number; readonly durationTicks: number }> {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined) throw new MalformedMedia("not a moov box");
  const movieTimescale = timescaleOf(moov, requireChild(moov, root, "mvhd"));
  const traks = childrenOf(moov, root).filter((box) => box.type === "trak");
  return new Map(
    traks.map((trak) => {
      const mdhd = requirePath(moov, trak, "mdia", "mdhd");
      const timescale = timescaleOf(moov, mdhd);
      const offsetTicks = editOffset(moov, trak, timescale, movieTimescale);
      return [
        trackId(moov, requireChild(moov, trak, "tkhd")),
        { timescale, offsetTicks, durationTicks: durationOf(moov, mdhd) },
      ];
    }),
  );
}

/** `duration` of an `mdhd` (clause 8.4.2). */
function durationOf(moov: Buffer, mdhd: BoxSpan): number {
  const long = moov[mdhd.bodyStart] === 1;
  requireBody(mdhd, long ? 32 : 20);
  return long ? readU64(moov, mdhd.bodyStart + 24) : moov.readUInt32BE(mdhd.bodyStart + 16);
}

/** `trak` boxes of a `moov` by track id: the bytes from which a closed file's tracks are made. */
export function trakBoxes(moov: Buffer): Map<number, Buffer> {
  const [root] = boxesIn(moov, 0, moov.length);
  const found = new Map<number, Buffer>();
  if (root === undefined) return found;
  for (const trak of childrenOf(moov, root)) {
    if (trak.type === "trak") found.set(trackId(moov, requireChild(moov, trak, "tkhd")), boxBytes(moov, trak));
  }
  return found;
}
