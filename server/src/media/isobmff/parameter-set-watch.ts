import { H264 } from "../h264/h264.ts";
import { H265 } from "../h265/h265.ts";
import { MalformedMedia } from "../malformed-media.ts";
import { type NalCodec, type ParameterSet, type SequenceSet, withoutPadding } from "../nal-codec.ts";
import type { InitTrack } from "./init-segment.ts";
import type { VideoDescription } from "./sample-description.ts";
import { ScatteredBytes } from "./scattered-bytes.ts";

/** More than all parameter sets there can be stand ahead of no picture. */
const MAX_NAL_UNITS = 512;
/** A set as long as this is none: they have some dozen bytes, scaling lists some hundred. */
const MAX_SET_BYTES = 8192;
/** The fields of a slice header that are read end well within this. */
const SLICE_HEAD_BYTES = 32;

const CODECS: Readonly<Record<string, NalCodec>> = { avc1: H264, avc3: H264, hvc1: H265, hev1: H265 };

/**
 * Watches a stream for new parameter sets. ffmpeg's copy goes on with its first `avcC` or `hvcC` when a camera changes its resolution; the
 * new sets are only in the samples. Those of a sync sample stand ahead of its first slice.
 *
 * Sets are kept by their ids, as a decoder does: one that comes with a known id replaces the one before, the others stay in force. Where
 * several sequence sets are, the picture is described by the one that its first slice names.
 *
 * Sets that cannot be read change nothing: what was in force stays. Mostly they are damage from the network, which the next key frame
 * mends; a recording must not end for them, and the sample has them in any case.
 */
export class ParameterSetWatch {
  readonly #codec: NalCodec;
  readonly #config: Buffer;
  readonly #lengthBytes: number;
  readonly #bytes = new ScatteredBytes();
  /** NAL units of the sets in force. */
  #nals: readonly Buffer[];
  #sets: ReadonlyMap<string, ParameterSet>;
  #active: SequenceSet | null;
  #severalSequences: boolean;
  /** Starts and lengths of the sets of the sample that is looked at; one array, used again and again. */
  readonly #found: number[] = [];

  private constructor(codec: NalCodec, config: Buffer) {
    const { lengthBytes, sets: nals } = codec.readConfig(config);
    this.#codec = codec;
    this.#config = config;
    this.#lengthBytes = lengthBytes;
    this.#nals = nals.map(withoutPadding);
    const sets = this.#nals.flatMap((nal) => readable(codec, nal) ?? []);
    this.#sets = new Map(sets.map((set) => [keyOf(set), set]));
    this.#active = sets.find((set) => set.kind === "sps") ?? null;
    this.#severalSequences = hasSeveralSequences(sets);
  }

  /** Null where there is nothing to watch: another codec, or a configuration that cannot be read. */
  static of(video: InitTrack): ParameterSetWatch | null {
    const codec = CODECS[video.sampleEntry];
    if (codec === undefined) return null;
    try {
      return new ParameterSetWatch(codec, video.decoderConfig);
    } catch (error) {
      if (error instanceof MalformedMedia) return null;
      throw error;
    }
  }

  /**
   * Looks at a sync sample, which lies at `at` in `parts`: what describes the stream from it on, or null while that is as before. Called for
   * every key frame of every camera: reads a few bytes of each NAL unit up to the first slice, and compares sets in place.
   */
  look(parts: readonly Buffer[], at: number, sizeBytes: number): VideoDescription | null {
    this.#bytes.use(parts);
    const sliceAt = this.#findSets(at, at + sizeBytes);
    if (sliceAt === null) return null;
    if (!this.#severalSequences && this.#foundIsInForce()) return null;
    try {
      return this.#change(this.#bytes.copy(sliceAt, Math.min(SLICE_HEAD_BYTES, at + sizeBytes - sliceAt)));
    } catch (error) {
      if (error instanceof MalformedMedia) return null;
      throw error;
    }
  }

  /** Notes the sets and answers where the first slice begins; null where the sample has none. */
  #findSets(start: number, end: number): number | null {
    this.#found.length = 0;
    let at = start;
    for (let count = 0; count < MAX_NAL_UNITS; count += 1) {
      const nalAt = at + this.#lengthBytes;
      if (nalAt + 2 > end) return null;
      const length = this.#bytes.uint(at, this.#lengthBytes);
      if (nalAt + length > end) return null;
      at = nalAt + length;
      if (length < 2) continue;
      const is = this.#codec.classOf(this.#bytes.byte(nalAt), this.#bytes.byte(nalAt + 1));
      if (is === "slice") return nalAt;
      if (is === "set") this.#found.push(nalAt, this.#lengthWithoutPadding(nalAt, length));
    }
    return null;
  }

  #lengthWithoutPadding(at: number, length: number): number {
    let left = length;
    while (left > 0 && this.#bytes.byte(at + left - 1) === 0) left -= 1;
    return left;
  }

  #foundIsInForce(): boolean {
    for (let index = 0; index < this.#found.length; index += 2) {
      if (!this.#isInForce(this.#found[index] ?? 0, this.#found[index + 1] ?? 0)) return false;
    }
    return true;
  }

  #isInForce(at: number, length: number): boolean {
    for (let index = 0; index < this.#nals.length; index += 1) {
      const nal = this.#nals[index];
      if (nal !== undefined && this.#bytes.equals(at, length, nal)) return true;
    }
    return false;
  }

  #change(sliceHead: Buffer): VideoDescription | null {
    const found = this.#readFound();
    const sets = new Map([...this.#sets, ...found.map((set) => [keyOf(set), set] as const)]);
    const active = this.#activeAmong(sets, found, sliceHead);
    if (active === null || this.#isAsBefore(sets, active)) return null;
    const all = [...sets.values()].sort((a, b) => a.id - b.id);
    const config = this.#codec.writeConfig(this.#config, all, active);
    this.#sets = sets;
    this.#active = active;
    this.#nals = all.map((set) => set.nal);
    this.#severalSequences = hasSeveralSequences(all);
    const { width, height, pixelAspect } = active.picture;
    return { configBox: this.#codec.configBox, config, width, height, pixelAspect };
  }

  #readFound(): ParameterSet[] {
    const sets: ParameterSet[] = [];
    for (let index = 0; index < this.#found.length; index += 2) {
      const length = this.#found[index + 1] ?? 0;
      if (length > MAX_SET_BYTES) throw new MalformedMedia(`a parameter set of ${length} bytes`);
      sets.push(this.#codec.readSet(this.#bytes.copy(this.#found[index] ?? 0, length)));
    }
    return sets;
  }

  /** The sequence set that the slice names by way of its picture set; where that is missing, the one that came with it, or the one before. */
  #activeAmong(
    sets: ReadonlyMap<string, ParameterSet>,
    found: readonly ParameterSet[],
    sliceHead: Buffer,
  ): SequenceSet | null {
    const picture = sets.get(`pps ${this.#codec.pictureSetOf(sliceHead)}`);
    const named = picture?.kind === "pps" ? sets.get(`sps ${picture.sequenceId}`) : undefined;
    if (named?.kind === "sps") return named;
    return found.find((set) => set.kind === "sps") ?? this.#active;
  }

  #isAsBefore(sets: ReadonlyMap<string, ParameterSet>, active: SequenceSet): boolean {
    if (this.#active === null || !active.nal.equals(this.#active.nal) || sets.size !== this.#sets.size) return false;
    for (const [key, set] of sets) {
      if (this.#sets.get(key)?.nal.equals(set.nal) !== true) return false;
    }
    return true;
  }
}

function keyOf({ kind, id }: ParameterSet): string {
  return `${kind} ${id}`;
}

function hasSeveralSequences(sets: readonly ParameterSet[]): boolean {
  return sets.filter((set) => set.kind === "sps").length > 1;
}

/** Null for a set of the first configuration that cannot be read: as long as it stays the same it needs not be. */
function readable(codec: NalCodec, nal: Buffer): ParameterSet | null {
  try {
    return codec.readSet(nal);
  } catch (error) {
    if (error instanceof MalformedMedia) return null;
    throw error;
  }
}
