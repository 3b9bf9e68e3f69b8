import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { Turns } from "../base/turns.ts";
import { encodeFlac } from "../ffmpeg/flac-encoder.ts";
import { flacMoov, type PacketTrack, soundAlone, withSoundOfSizes } from "../media/isobmff/flac-track.ts";
import type { TrackFragment } from "../media/isobmff/movie-fragment.ts";
import { packetSamples } from "../media/sound-codec.ts";
import type { FragmentIndex, IndexedFragment } from "./fragment-index.ts";
import type { SegmentReader } from "./segment-reader.ts";
import {
  readAt,
  readHead,
  type ScannedFragment,
  type SegmentHead,
  scanFragments,
  withSegment,
} from "./segment-scan.ts";

/** Longest part that is converted at once; playlists ask for about six seconds. */
const MAX_PART_SECONDS = 120;
/** The shortest packets, of 24 ms, are half as many in that time. */
const MAX_PACKETS = 10_000;
const CONVERSIONS_AT_ONCE = 4;
/**
 * A packet may need those before it: MP3 keeps up to 511 bytes of a frame in earlier ones (eight of them at 32 kbit/s), and every
 * transform overlaps with the one before.
 */
const LEAD_PACKETS = 10;
/** They are looked for in so many fragments before: some hold much sound, some none. */
const LEAD_FRAGMENTS = 6;

/** Whole fragments of a segment file. */
export interface PartRange {
  /** Where the first begins. */
  readonly fromBytes: number;
  /** Where the last ends. */
  readonly toBytes: number;
  /** Path of the file whose sound goes on in this one, for a part that begins where this one does; null: none. */
  readonly afterPath: string | null;
}

export interface PlayablePart {
  readonly sizeBytes: number;
  readonly bytes: Readable;
}

export interface PlayablePartsOptions {
  /** The program. */
  readonly ffmpeg: string;
  readonly reader: SegmentReader;
  readonly clock: Clock;
}

/**
 * Segments whose sound Media Source Extensions do not take, made playable while they are read: the pictures and all times stay as they
 * are, each packet of sound becomes one FLAC frame of the same samples. FLAC needs nothing before or behind it, so parts that were
 * converted one by one join without a seam.
 */
export class PlayableParts {
  readonly #options: PlayablePartsOptions;
  readonly #turns = new Turns(CONVERSIONS_AT_ONCE);

  constructor(options: PlayablePartsOptions) {
    this.#options = options;
  }

  /** `ftyp` + `moov` for the parts. Throws `not_found` when the segment plays as it is; rejects like SegmentReader.init. */
  async init(path: string): Promise<Buffer> {
    const head = await withSegment(path, readHead);
    return Buffer.concat([head.ftyp, flacMoov(head.moov, soundOf(head))]);
  }

  /**
   * The fragments of a part, in place of those in the file. Throws `not_found` when the segment plays as it is, `range_not_satisfiable`
   * when the range does not consist of whole fragments, `span_too_long`; rejects like SegmentReader.init and `encodeFlac`.
   */
  async part(path: string, range: PartRange, signal: AbortSignal): Promise<PlayablePart> {
    const index = await this.#options.reader.index(path);
    const [first, count] = fragmentsOf(index, range);
    const earlier = first === 0 && range.afterPath !== null ? await this.#lastPackets(range.afterPath) : [];
    return this.#turns.run(signal, async () => {
      const { head, fragments, lead, packets } = await withSegment(path, (handle) =>
        readSound(handle, index.fragments.slice(Math.max(0, first - LEAD_FRAGMENTS), first + count), range.fromBytes),
      );
      const { ffmpeg, clock } = this.#options;
      const track = soundOf(head);
      const sent = packets.flat();
      if (sent.length > MAX_PACKETS) throw tooLong();
      const leading = sent.length === 0 ? [] : [...earlier, ...lead].slice(-LEAD_PACKETS);
      const all = [...leading, ...sent];
      const mp4 = soundAlone(head, track, all);
      const sound = { mp4, rateHz: track.timescale, frameSamples: track.packetSamples, frames: all.length };
      const frames = (await encodeFlac(ffmpeg, sound, clock, signal)).slice(leading.length);
      return rewritten(path, fragments, track.id, regrouped(frames, packets));
    });
  }

  /** The last sound of another file; nothing where it cannot be had, for it only makes the beginning better. */
  async #lastPackets(path: string): Promise<Buffer[]> {
    try {
      const { fragments } = await this.#options.reader.index(path);
      const last = fragments.slice(-LEAD_FRAGMENTS);
      const { packets } = await withSegment(path, (handle) => readSound(handle, last, last[0]?.offsetBytes ?? 0));
      return packets.flat();
    } catch {
      return [];
    }
  }
}

/** Throws `not_found` for a segment without sound that must be converted. */
function soundOf(head: SegmentHead): PacketTrack {
  const track = head.init.tracks.find((candidate) => candidate.kind === "audio");
  const samples = track === undefined ? null : packetSamples(track);
  if (track === undefined || samples === null)
    throw new NightjarError("not_found", "This segment plays as it is; ask for the file itself.");
  return { id: track.id, timescale: track.timescale, packetSamples: samples };
}

/** The place of the first fragment of a range, and their count. */
function fragmentsOf(index: FragmentIndex, { fromBytes, toBytes }: PartRange): [first: number, count: number] {
  const first = index.fragments.findIndex((fragment) => fragment.offsetBytes === fromBytes);
  const last = index.fragments.findIndex((fragment) => fragment.offsetBytes + fragment.sizeBytes === toBytes);
  const [begin, end] = [index.fragments[first], index.fragments[last]];
  if (begin === undefined || end === undefined || first > last)
    throw new NightjarError(
      "range_not_satisfiable",
      `The bytes from ${fromBytes} to ${toBytes} are not whole fragments of this segment; take the ranges of a playlist.`,
    );
  if ((end.decodeTicks + end.durationTicks - begin.decodeTicks) / index.timescale > MAX_PART_SECONDS) throw tooLong();
  return [first, last - first + 1];
}

function tooLong(): NightjarError {
  return new NightjarError("span_too_long", `A part may be at most ${MAX_PART_SECONDS} seconds long.`);
}

interface PartSound {
  readonly head: SegmentHead;
  /** From `fromBytes` on. */
  readonly fragments: readonly ScannedFragment[];
  /** The packets of sound of each of them. */
  readonly packets: readonly Buffer[][];
  /** Those before. */
  readonly lead: readonly Buffer[];
}

/** Reads the sound of consecutive fragments. */
async function readSound(handle: FileHandle, range: readonly IndexedFragment[], fromBytes: number): Promise<PartSound> {
  const head = await readHead(handle);
  const { id } = soundOf(head);
  const last = range.at(-1);
  const endBytes = last === undefined ? 0 : last.offsetBytes + last.sizeBytes;
  const fragments: ScannedFragment[] = [];
  const packets: Buffer[][] = [];
  const lead: Buffer[] = [];
  for await (const fragment of scanFragments(handle, head, range[0]?.offsetBytes ?? 0, endBytes)) {
    const sound = await readPackets(handle, fragment, id);
    if (fragment.offsetBytes < fromBytes) lead.push(...sound);
    else {
      fragments.push(fragment);
      packets.push(sound);
    }
  }
  return { head, fragments, packets, lead };
}

async function readPackets(handle: FileHandle, fragment: ScannedFragment, trackId: number): Promise<Buffer[]> {
  const packets: Buffer[] = [];
  for (const run of fragment.tracks.flatMap((track: TrackFragment) => (track.trackId === trackId ? track.runs : []))) {
    const sizeBytes = run.samples.reduce((sum, sample) => sum + sample.sizeBytes, 0);
    const bytes = await readAt(handle, fragment.offsetBytes + run.dataOffsetBytes, sizeBytes);
    let at = 0;
    for (const sample of run.samples) {
      packets.push(bytes.subarray(at, at + sample.sizeBytes));
      at += sample.sizeBytes;
    }
  }
  return packets;
}

/** `frames` in groups as long as those of `packets`. */
function regrouped(frames: readonly Buffer[], packets: readonly (readonly Buffer[])[]): Buffer[][] {
  let at = 0;
  return packets.map((group) => {
    at += group.length;
    return frames.slice(at - group.length, at);
  });
}

function rewritten(
  path: string,
  fragments: readonly ScannedFragment[],
  soundId: number,
  frames: readonly (readonly Buffer[])[],
): PlayablePart {
  const pieces = fragments.flatMap(({ offsetBytes, moof, tracks }, number): Piece[] => {
    const sound = frames[number] ?? [];
    const sizes = sound.map((frame) => frame.length);
    const { head, pictures } = withSoundOfSizes(moof, tracks, soundId, sizes);
    const ranges = pictures.map((range) => ({
      offsetBytes: offsetBytes + range.offsetBytes,
      sizeBytes: range.sizeBytes,
    }));
    return [head, ...ranges, Buffer.concat(sound)];
  });
  const sizeBytes = pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.sizeBytes), 0);
  return { sizeBytes, bytes: Readable.from(bytesOf(path, pieces), { objectMode: false }) };
}

/** Bytes as they are, or those of a range of the file. */
type Piece = Buffer | { readonly offsetBytes: number; readonly sizeBytes: number };

async function* bytesOf(path: string, pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  const handle = await open(path, "r");
  try {
    for (const piece of pieces) {
      yield Buffer.isBuffer(piece) ? piece : await readAt(handle, piece.offsetBytes, piece.sizeBytes);
    }
  } finally {
    await handle.close();
  }
}
