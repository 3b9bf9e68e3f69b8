import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { Turns } from "../base/turns.ts";
import { encodeFlac } from "../ffmpeg/flac-encoder.ts";
import { flacMoov, type PacketTrack, soundAlone, withSoundOfSizes } from "../media/isobmff/flac-track.ts";
import { packetSamples } from "../media/sound-codec.ts";
import { type Piece, type SizedStream, streamOf } from "./file-pieces.ts";
import type { IndexedFragment } from "./fragment-index.ts";
import { fragmentsOfPart, type PartRange, partTooLong } from "./part-range.ts";
import { readSamples } from "./read-samples.ts";
import type { SegmentReader } from "./segment-reader.ts";
import { readHead, type ScannedFragment, type SegmentHead, scanFragments, withSegment } from "./segment-scan.ts";
import type { SegmentHandle, SegmentSource } from "./segment-source.ts";

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

/** Whole fragments of a segment file, and what comes before them. */
export interface PlayableRange extends PartRange {
  /** Path of the file whose sound goes on in this one, for a part that begins where this one does; null: none. */
  readonly afterSource: SegmentSource | null;
}

/** Sound that browsers play, in place of that in the file. */
export interface PlayableSound {
  readonly trackId: number;
  readonly fragments: readonly ScannedFragment[];
  /** One frame for each packet of each of the fragments. */
  readonly frames: readonly (readonly Buffer[])[];
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
  async init(source: SegmentSource): Promise<Buffer> {
    const head = await withSegment(source, readHead);
    return Buffer.concat([head.ftyp, flacMoov(head.moov, soundOf(head))]);
  }

  /**
   * The fragments of a part, in place of those in the file. Throws `not_found` when the segment plays as it is, `range_not_satisfiable`
   * when the range does not consist of whole fragments, `span_too_long`; rejects like SegmentReader.init and `encodeFlac`.
   */
  async part(source: SegmentSource, range: PlayableRange, signal: AbortSignal): Promise<SizedStream> {
    const { trackId, fragments, frames } = await this.sound(source, range, signal);
    return rewritten(source, fragments, trackId, frames);
  }

  /** The same, of which only the sound is wanted. */
  async sound(source: SegmentSource, range: PlayableRange, signal: AbortSignal): Promise<PlayableSound> {
    const index = await this.#options.reader.index(source);
    const [first, count] = fragmentsOfPart(index, range);
    const earlier = first === 0 && range.afterSource !== null ? await this.#lastPackets(range.afterSource) : [];
    return this.#turns.run(signal, async () => {
      const { head, fragments, lead, packets } = await withSegment(source, (handle) =>
        readSound(handle, index.fragments.slice(Math.max(0, first - LEAD_FRAGMENTS), first + count), range.fromBytes),
      );
      const { ffmpeg, clock } = this.#options;
      const track = soundOf(head);
      const sent = packets.flat();
      if (sent.length > MAX_PACKETS) throw partTooLong();
      const leading = sent.length === 0 ? [] : [...earlier, ...lead].slice(-LEAD_PACKETS);
      const all = [...leading, ...sent];
      const mp4 = soundAlone(head, track, all);
      const sound = { mp4, rateHz: track.timescale, frameSamples: track.packetSamples, frames: all.length };
      const frames = (await encodeFlac(ffmpeg, sound, clock, signal)).slice(leading.length);
      return { trackId: track.id, fragments, frames: regrouped(frames, packets) };
    });
  }

  /** The last sound of another file; nothing where it cannot be had, for it only makes the beginning better. */
  async #lastPackets(source: SegmentSource): Promise<Buffer[]> {
    try {
      const { fragments } = await this.#options.reader.index(source);
      const last = fragments.slice(-LEAD_FRAGMENTS);
      const { packets } = await withSegment(source, (handle) => readSound(handle, last, last[0]?.offsetBytes ?? 0));
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
async function readSound(
  handle: SegmentHandle,
  range: readonly IndexedFragment[],
  fromBytes: number,
): Promise<PartSound> {
  const head = await readHead(handle);
  const { id } = soundOf(head);
  const last = range.at(-1);
  const endBytes = last === undefined ? 0 : last.offsetBytes + last.sizeBytes;
  const fragments: ScannedFragment[] = [];
  const packets: Buffer[][] = [];
  const lead: Buffer[] = [];
  for await (const fragment of scanFragments(handle, head, range[0]?.offsetBytes ?? 0, endBytes)) {
    const sound = (await readSamples(handle, fragment, id)).map((sample) => sample.bytes);
    if (fragment.offsetBytes < fromBytes) lead.push(...sound);
    else {
      fragments.push(fragment);
      packets.push(sound);
    }
  }
  return { head, fragments, packets, lead };
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
  source: SegmentSource,
  fragments: readonly ScannedFragment[],
  soundId: number,
  frames: readonly (readonly Buffer[])[],
): SizedStream {
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
  return streamOf(source, pieces);
}
