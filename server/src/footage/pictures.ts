import { ByteCache } from "../base/byte-cache.ts";
import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { Turns } from "../base/turns.ts";
import { encodeFrame, encodeThumbnails } from "../ffmpeg/picture-encoder.ts";
import type { WholeSample } from "../media/isobmff/single-track.ts";
import {
  nearestTo,
  THUMBNAIL_WIDTH,
  type ThumbnailPlace,
  thumbnailNumber,
  thumbnailPlaces,
} from "../recording/thumbnail-places.ts";
import type { FragmentIndex, IndexedFragment } from "./fragment-index.ts";
import { readKeyFrame, readSamples, videoOf } from "./read-samples.ts";
import type { SegmentReader } from "./segment-reader.ts";
import { readHead, type ScannedFragment, scanFragments, withSegment } from "./segment-scan.ts";
import { type SegmentSource, sourceKey } from "./segment-source.ts";
import { readThumbnails } from "./thumbnail-file.ts";

/** Recording, and playing on, go before pictures. */
const DECODERS_AT_ONCE = 2;
const CACHED_BYTES = 16 * 1024 * 1024;
/** A second of decoding on a slow core; a GOP with more than this is not read into memory. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** Times on the wire are whole milliseconds: a picture that begins within the one asked for is meant. */
const ROUNDING_MS = 1;

export interface PicturesOptions {
  /** The program. */
  readonly ffmpeg: string;
  readonly reader: SegmentReader;
  readonly clock: Clock;
}

/** A segment's files. */
export interface FilmedSegment {
  readonly source: SegmentSource;
  /** That of its thumbnails; it need not exist. */
  readonly thumbnailsPath: string;
}

export interface FilmedPicture {
  readonly jpeg: Buffer;
  /** When it was filmed: media time since the segment's start. */
  readonly offsetMs: number;
}

type Place = ThumbnailPlace<IndexedFragment>;

interface WantedPicture {
  readonly place: Place;
  /** Undefined: it is to be made. */
  readonly jpeg: Buffer | undefined;
  readonly offsetMs: number;
}

/**
 * Still pictures of segments: thumbnails that were made while recording are read, those that were not (or are of another width) are made from
 * the key frame at their place, a few at once, and kept for a while.
 */
export class Pictures {
  readonly #options: PicturesOptions;
  readonly #turns = new Turns(DECODERS_AT_ONCE);
  readonly #made = new ByteCache(CACHED_BYTES);

  constructor(options: PicturesOptions) {
    this.#options = options;
  }

  /**
   * The thumbnails nearest to these times (since the segment's start), each once, in the order of time. Throws `not_found` when not one of
   * them can be decoded, `ffmpeg_missing`, and the signal's reason; rejects like SegmentReader.index.
   */
  async thumbnails(
    segment: FilmedSegment,
    offsetsMs: readonly number[],
    width: number,
    signal: AbortSignal,
  ): Promise<FilmedPicture[]> {
    const index = await this.#options.reader.index(segment.source);
    const kept = width <= THUMBNAIL_WIDTH ? await keptPictures(segment, index) : new Map<number, FilmedPicture>();
    const all = thumbnailPlaces<IndexedFragment>(index).map((place): WantedPicture => {
      const picture = kept.get(thumbnailNumber(place.offsetMs));
      if (picture !== undefined) return { place, ...picture };
      const jpeg = this.#made.get(cacheKey(segment.source, place, width));
      return { place, jpeg, offsetMs: place.offsetMs };
    });
    const nearest = new Set(offsetsMs.flatMap((offsetMs) => nearestTo(all, offsetMs) ?? []));
    const wanted = [...nearest].sort((one, other) => one.offsetMs - other.offsetMs);
    const missing = wanted.filter(({ jpeg }) => jpeg === undefined).map(({ place }) => place);
    const made = missing.length === 0 ? new Map<Place, Buffer>() : await this.#make(segment, missing, width, signal);
    const pictures = wanted.flatMap(({ place, offsetMs, ...picture }) => {
      const jpeg = picture.jpeg ?? made.get(place);
      return jpeg === undefined ? [] : [{ jpeg, offsetMs }];
    });
    if (pictures.length === 0) throw new NightjarError("not_found", "No picture of this time can be decoded.");
    return pictures;
  }

  async #make(
    { source }: FilmedSegment,
    places: readonly Place[],
    width: number,
    signal: AbortSignal,
  ): Promise<Map<Place, Buffer>> {
    const size = { width: Math.max(width, THUMBNAIL_WIDTH), aspect: null };
    return this.#turns.run(signal, async () => {
      const { head, keyFrames } = await withSegment(source, async (handle) => {
        const frames: Buffer[] = [];
        for (const place of places) frames.push(await readKeyFrame(handle, place.fragment));
        return { head: videoOf(await readHead(handle)), keyFrames: frames };
      });
      const jpegs = await encodeThumbnails(this.#options, head, keyFrames, size, signal);
      const made = new Map<Place, Buffer>();
      for (const [number, place] of places.entries()) {
        const jpeg = jpegs[number] ?? null;
        if (jpeg === null) continue;
        this.#made.set(cacheKey(source, place, width), jpeg);
        made.set(place, jpeg);
      }
      return made;
    });
  }

  /**
   * The picture that is shown at a time (since the segment's start), at its full size: the last that has begun by then, or the segment's
   * first. Throws `not_found` when there is none, `internal` when it cannot be decoded, `ffmpeg_missing`, and the signal's reason; rejects
   * like SegmentReader.index.
   */
  async frame(source: SegmentSource, offsetMs: number, signal: AbortSignal): Promise<FilmedPicture> {
    const index = await this.#options.reader.index(source);
    const firstTicks = index.fragments[0]?.decodeTicks ?? 0;
    const atTicks = firstTicks + ((offsetMs + ROUNDING_MS) * index.timescale) / 1000;
    return this.#turns.run(signal, async () => {
      const { head, samples } = await readGop(source, gopAt(index, atTicks));
      const [key] = samples;
      if (key === undefined) throw new NightjarError("not_found", "There is no picture at this time.");
      // Where pictures are shown in another order than they are decoded, the first is shown that much after its decode time.
      const shownTicks = (sample: WholeSample): number =>
        sample.decodeTicks + sample.compositionOffsetTicks - key.compositionOffsetTicks;
      let wanted = 0;
      for (const [number, sample] of samples.entries()) {
        const better = shownTicks(sample) > shownTicks(samples[wanted] ?? key);
        if (better && shownTicks(sample) <= atTicks) wanted = number;
      }
      const sample = samples[wanted] ?? key;
      const fromFirst = sample.decodeTicks + sample.compositionOffsetTicks - key.decodeTicks;
      const jpeg = await encodeFrame(this.#options, head, samples.slice(0, wanted + 1), fromFirst, signal);
      return { jpeg, offsetMs: ((shownTicks(sample) - firstTicks) * 1000) / index.timescale };
    });
  }
}

/** What was made while recording, by the number of its place. */
async function keptPictures(
  { thumbnailsPath }: FilmedSegment,
  { timescale }: FragmentIndex,
): Promise<ReadonlyMap<number, FilmedPicture>> {
  const kept = new Map<number, FilmedPicture>();
  for (const [offsetTicks, jpeg] of await readThumbnails(thumbnailsPath)) {
    const offsetMs = (offsetTicks * 1000) / timescale;
    kept.set(thumbnailNumber(offsetMs), { jpeg, offsetMs });
  }
  return kept;
}

function cacheKey(source: SegmentSource, place: Place, width: number): string {
  return `${sourceKey(source)} ${place.offsetTicks} ${Math.max(width, THUMBNAIL_WIDTH)}`;
}

/** The fragments of the GOP in which a picture of this decode time lies; the first GOP for a time ahead of it. */
function gopAt({ fragments }: FragmentIndex, atTicks: number): readonly IndexedFragment[] {
  const first = fragments.findLastIndex((fragment) => fragment.sync && fragment.decodeTicks <= atTicks);
  const from = first < 0 ? fragments.findIndex((fragment) => fragment.sync) : first;
  if (from < 0) return [];
  const next = fragments.findIndex((fragment, place) => place > from && fragment.sync);
  return fragments.slice(from, next < 0 ? undefined : next);
}

async function readGop(source: SegmentSource, gop: readonly IndexedFragment[]) {
  const [first, last] = [gop.at(0), gop.at(-1)];
  const endBytes = last === undefined ? 0 : last.offsetBytes + last.sizeBytes;
  if (endBytes - (first?.offsetBytes ?? 0) > MAX_FRAME_BYTES)
    throw new NightjarError("internal", "The key frames of this footage are too far apart to decode one picture.");
  return withSegment(source, async (handle) => {
    const whole = await readHead(handle);
    const head = videoOf(whole);
    const fragments: ScannedFragment[] = [];
    if (first !== undefined) {
      for await (const fragment of scanFragments(handle, whole, first.offsetBytes, endBytes)) fragments.push(fragment);
    }
    const samples: WholeSample[] = [];
    for (const fragment of fragments) samples.push(...(await readSamples(handle, fragment, head.trackId)));
    return { head, samples };
  });
}
