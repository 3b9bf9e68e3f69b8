import { Readable } from "node:stream";
import { ByteCache } from "../base/byte-cache.ts";
import type { Clock } from "../base/clock.ts";
import { encodeH264, type H264Video } from "../ffmpeg/h264-encoder.ts";
import { codecString } from "../media/codec-string.ts";
import { fragmentHead, type MadeTrack } from "../media/isobmff/made-fragment.ts";
import type { Sample } from "../media/isobmff/movie-fragment.ts";
import { withSampleEntry } from "../media/isobmff/sample-description.ts";
import type { WholeSample } from "../media/isobmff/single-track.ts";
import { soundPlaysAsItIs } from "../media/sound-codec.ts";
import type { SizedStream } from "./file-pieces.ts";
import { fragmentsOfPart } from "./part-range.ts";
import type { PlayableParts, PlayableRange } from "./playable-part.ts";
import { readKeyFrame, readSamples, videoOf } from "./read-samples.ts";
import type { SegmentReader } from "./segment-reader.ts";
import { readHead, type ScannedFragment, type SegmentHead, scanFragments, withSegment } from "./segment-scan.ts";
import { type SegmentSource, sourceKey } from "./segment-source.ts";

/** Some hundred init segments: what is asked for again and again is made once. */
const CACHED_INIT_BYTES = 256 * 1024;

export interface H264PartsOptions {
  /** The program. */
  readonly ffmpeg: string;
  readonly reader: SegmentReader;
  /** Converts sound that browsers do not play. */
  readonly playable: PlayableParts;
  readonly clock: Clock;
}

/**
 * Segments with H.265 for browsers that do not play it, converted part by part while they are watched: each picture becomes one of H.264 at the
 * same time; sound stays as it is where browsers play it. Every part begins with a key frame, so they join. Nothing is kept.
 */
export class H264Parts {
  readonly #options: H264PartsOptions;
  readonly #sampleEntries = new ByteCache(CACHED_INIT_BYTES);

  constructor(options: H264PartsOptions) {
    this.#options = options;
  }

  /** `ftyp` + `moov` for the parts. Rejects like SegmentReader.init and `encodeH264`. */
  async init(source: SegmentSource, signal: AbortSignal): Promise<Buffer> {
    const head = await withSegment(source, readHead);
    const { trackId } = videoOf(head);
    const base = playsSound(head) ? Buffer.concat([head.ftyp, head.moov]) : await this.#options.playable.init(source);
    const moov = withSampleEntry(base.subarray(head.ftyp.length), trackId, await this.#sampleEntry(source, signal));
    return Buffer.concat([head.ftyp, moov]);
  }

  /** That of the first picture: the others of the segment are made alike. */
  async #sampleEntry(source: SegmentSource, signal: AbortSignal): Promise<Buffer> {
    const known = this.#sampleEntries.get(sourceKey(source));
    if (known !== undefined) return known;
    const { fragments } = await this.#options.reader.index(source);
    const [first] = fragments;
    const { head, bytes } = await withSegment(source, async (handle) => ({
      head: videoOf(await readHead(handle)),
      bytes: first === undefined ? Buffer.alloc(0) : await readKeyFrame(handle, first),
    }));
    const samples = [{ bytes, sizeBytes: bytes.length, durationTicks: 1, sync: true, compositionOffsetTicks: 0 }];
    const { ffmpeg, clock } = this.#options;
    const { sampleEntry } = await encodeH264(ffmpeg, head, samples, clock, signal);
    this.#sampleEntries.set(sourceKey(source), sampleEntry);
    return sampleEntry;
  }

  /**
   * The fragments of a part as one. Throws `range_not_satisfiable` when the range does not consist of whole fragments, `span_too_long`;
   * rejects like SegmentReader.init and `encodeH264`.
   */
  async part(source: SegmentSource, range: PlayableRange, signal: AbortSignal): Promise<SizedStream> {
    const index = await this.#options.reader.index(source);
    fragmentsOfPart(index, range);
    const { head, pictures, sound } = await readTracks(source, range);
    const { ffmpeg, clock } = this.#options;
    const video = videoOf(head);
    const made = await encodeH264(ffmpeg, video, pictures, clock, signal);
    const tracks: MadeTrack[] = [];
    const bytes: Buffer[] = [];
    if (pictures.length > 0) {
      tracks.push({ id: video.trackId, ...retimed(made.pictures, pictures) });
      bytes.push(...made.pictures.map((picture) => picture.bytes));
    }
    if (sound !== null && sound.packets.length > 0) {
      const packets = playsSound(head)
        ? sound.packets.map((packet) => packet.bytes)
        : (await this.#options.playable.sound(source, range, signal)).frames.flat();
      tracks.push({ id: sound.trackId, ...inStep(sound.packets, packets) });
      bytes.push(...packets);
    }
    const all = [fragmentHead(tracks), ...bytes];
    const sizeBytes = all.reduce((sum, piece) => sum + piece.length, 0);
    return { sizeBytes, bytes: Readable.from(all, { objectMode: false }) };
  }
}

function playsSound({ init }: SegmentHead): boolean {
  return soundPlaysAsItIs(init.tracks.map(codecString).join(","));
}

async function readTracks(source: SegmentSource, { fromBytes, toBytes }: PlayableRange) {
  return withSegment(source, async (handle) => {
    const head = await readHead(handle);
    const soundId = head.init.tracks.find((track) => track.kind === "audio")?.id ?? null;
    const fragments: ScannedFragment[] = [];
    for await (const fragment of scanFragments(handle, head, fromBytes, toBytes)) fragments.push(fragment);
    const pictures: WholeSample[] = [];
    const packets: WholeSample[] = [];
    for (const fragment of fragments) {
      pictures.push(...(await readSamples(handle, fragment, videoOf(head).trackId)));
      if (soundId !== null) packets.push(...(await readSamples(handle, fragment, soundId)));
    }
    return { head, pictures, sound: soundId === null ? null : { trackId: soundId, packets } };
  });
}

/**
 * The new pictures at the times at which the old ones are shown. Where some could not be decoded they are the first: those that refer to a GOP
 * before.
 */
function retimed(made: H264Video["pictures"], before: readonly WholeSample[]): Omit<MadeTrack, "id"> {
  const shown = before
    .map((sample) => sample.decodeTicks + sample.compositionOffsetTicks)
    .sort((one, other) => one - other);
  const last = before.at(-1);
  const endTicks = (last?.decodeTicks ?? 0) + (last?.durationTicks ?? 0) + (before[0]?.compositionOffsetTicks ?? 0);
  const times = shown.slice(Math.max(0, shown.length - made.length));
  const samples = made.map(({ bytes, sync }, number): Sample => {
    const durationTicks = Math.max(0, (times[number + 1] ?? endTicks) - (times[number] ?? endTicks));
    return { durationTicks, sizeBytes: bytes.length, sync, compositionOffsetTicks: 0 };
  });
  return { decodeTimeTicks: times[0] ?? 0, samples };
}

/** Packets at the times of those that they replace, also where these jump from one fragment to the next. */
function inStep(before: readonly WholeSample[], packets: readonly Buffer[]): Omit<MadeTrack, "id"> {
  const samples = before.map((sample, number): Sample => {
    const next = before[number + 1];
    const durationTicks =
      next === undefined ? sample.durationTicks : Math.max(0, next.decodeTicks - sample.decodeTicks);
    return { ...sample, durationTicks, sizeBytes: packets[number]?.length ?? 0 };
  });
  return { decodeTimeTicks: before[0]?.decodeTicks ?? 0, samples };
}
