import { MalformedMedia } from "../malformed-media.ts";
import { type BoxSpan, boxesIn, childrenOf, readU64, requireBody } from "./box.ts";
import type { SampleDefaults } from "./init-segment.ts";

/** One track's part of a `moof` (ISO/IEC 14496-12, clause 8.8.6), its samples in decode order. */
export interface TrackFragment {
  readonly trackId: number;
  /** `baseMediaDecodeTime`, ticks. */
  readonly decodeTimeTicks: number;
  /** Offset of the 64-bit `baseMediaDecodeTime` in the `moof`, so that it can be changed in place. */
  readonly decodeTimeAt: number;
  readonly runs: readonly SampleRun[];
}

/** One `trun`: samples that lie one behind the other. */
export interface SampleRun {
  /** Of the first sample, from the start of the `moof`. */
  readonly dataOffsetBytes: number;
  /** Offset of that field in the `moof`; null where it is left out. */
  readonly dataOffsetAt: number | null;
  readonly samples: readonly Sample[];
  /** Offset of the first sample's `sample_duration` in the `moof`; null where durations are defaults. */
  readonly firstDurationAt: number | null;
  /** Distance from one sample's record to the next, bytes. */
  readonly recordBytes: number;
}

export interface Sample {
  readonly durationTicks: number;
  readonly sizeBytes: number;
  /** Sync sample: decodable alone (`sample_is_non_sync_sample` is 0). */
  readonly sync: boolean;
  /** Composition time offset, ticks. */
  readonly compositionOffsetTicks: number;
}

const NON_SYNC = 0x00010000;
const MAX_SAMPLES = 100_000;

/** Reads a whole `moof` box; only movie fragments with `default-base-is-moof` or one base are understood. Throws MalformedMedia. */
export function parseMoof(moof: Buffer, defaultsOf: (trackId: number) => SampleDefaults): TrackFragment[] {
  const [root] = boxesIn(moof, 0, moof.length);
  if (root?.type !== "moof") throw new MalformedMedia("not a moof box");
  return childrenOf(moof, root)
    .filter((child) => child.type === "traf")
    .map((traf) => parseTraf(moof, traf, defaultsOf));
}

// A recorder does this four times a second for each camera, mostly in code that is not compiled far: each child is looked at once.
function parseTraf(moof: Buffer, traf: BoxSpan, defaultsOf: (trackId: number) => SampleDefaults): TrackFragment {
  let tfhd: BoxSpan | undefined;
  let tfdt: BoxSpan | undefined;
  const truns: BoxSpan[] = [];
  for (const child of childrenOf(moof, traf)) {
    if (child.type === "trun") truns.push(child);
    else if (child.type === "tfhd") tfhd ??= child;
    else if (child.type === "tfdt") tfdt ??= child;
  }
  if (tfhd === undefined) throw new MalformedMedia("traf has no tfhd");
  if (tfdt === undefined) throw new MalformedMedia("traf has no tfdt");
  const header = parseTfhd(moof, tfhd, defaultsOf);
  requireBody(tfdt, 12);
  if (moof[tfdt.bodyStart] !== 1) throw new MalformedMedia("tfdt is not of version 1");
  const decodeTimeAt = tfdt.bodyStart + 4;
  return {
    trackId: header.trackId,
    decodeTimeTicks: readU64(moof, decodeTimeAt),
    decodeTimeAt,
    runs: truns.map((trun) => parseTrun(moof, trun, header.defaults)),
  };
}

function parseTfhd(
  moof: Buffer,
  tfhd: BoxSpan,
  defaultsOf: (trackId: number) => SampleDefaults,
): { trackId: number; defaults: SampleDefaults } {
  requireBody(tfhd, 8);
  const flags = moof.readUInt32BE(tfhd.bodyStart) & 0xffffff;
  const trackId = moof.readUInt32BE(tfhd.bodyStart + 4);
  const base = defaultsOf(trackId);
  let at = tfhd.bodyStart + 8;
  const optional = (flag: number, bytes: number, fallback: number): number => {
    if ((flags & flag) === 0) return fallback;
    if (at + bytes > tfhd.end) throw new MalformedMedia("tfhd is too short");
    const value = bytes === 4 ? moof.readUInt32BE(at) : 0;
    at += bytes;
    return value;
  };
  optional(0x000001, 8, 0); // base_data_offset
  optional(0x000002, 4, 0); // sample_description_index
  const durationTicks = optional(0x000008, 4, base.durationTicks);
  const sizeBytes = optional(0x000010, 4, base.sizeBytes);
  const sampleFlags = optional(0x000020, 4, base.flags);
  return { trackId, defaults: { durationTicks, sizeBytes, flags: sampleFlags } };
}

function parseTrun(moof: Buffer, trun: BoxSpan, defaults: SampleDefaults): SampleRun {
  requireBody(trun, 8);
  const flags = moof.readUInt32BE(trun.bodyStart) & 0xffffff;
  const count = moof.readUInt32BE(trun.bodyStart + 4);
  const hasOffset = (flags & 0x1) !== 0;
  const hasFirstFlags = (flags & 0x4) !== 0;
  const hasDuration = (flags & 0x100) !== 0;
  const hasSize = (flags & 0x200) !== 0;
  const hasFlags = (flags & 0x400) !== 0;
  const hasComposition = (flags & 0x800) !== 0;
  const recordBytes = 4 * (Number(hasDuration) + Number(hasSize) + Number(hasFlags) + Number(hasComposition));
  const recordsAt = trun.bodyStart + 8 + (hasOffset ? 4 : 0) + (hasFirstFlags ? 4 : 0);
  if (count > MAX_SAMPLES || recordsAt + count * recordBytes > trun.end)
    throw new MalformedMedia("trun is too short for its samples");
  const dataOffsetBytes = hasOffset ? moof.readInt32BE(trun.bodyStart + 8) : 0;
  if (dataOffsetBytes < 0) throw new MalformedMedia("trun points ahead of its moof");
  const samples: Sample[] = [];
  let at = recordsAt;
  for (let index = 0; index < count; index += 1) {
    const sizeAt = hasDuration ? at + 4 : at;
    const flagsAt = hasSize ? sizeAt + 4 : sizeAt;
    let ownFlags = defaults.flags;
    if (hasFlags) ownFlags = moof.readUInt32BE(flagsAt);
    else if (index === 0 && hasFirstFlags) ownFlags = moof.readUInt32BE(recordsAt - 4);
    samples.push({
      durationTicks: hasDuration ? moof.readUInt32BE(at) : defaults.durationTicks,
      sizeBytes: hasSize ? moof.readUInt32BE(sizeAt) : defaults.sizeBytes,
      sync: (ownFlags & NON_SYNC) === 0,
      // Signed also in version 0: ffmpeg writes negative offsets there.
      compositionOffsetTicks: hasComposition ? moof.readInt32BE(at + recordBytes - 4) : 0,
    });
    at += recordBytes;
  }
  return {
    dataOffsetBytes,
    dataOffsetAt: hasOffset ? trun.bodyStart + 8 : null,
    samples,
    firstDurationAt: hasDuration ? recordsAt : null,
    recordBytes,
  };
}
