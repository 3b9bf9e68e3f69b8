import { MalformedMedia } from "../malformed-media.ts";
import { type BoxSpan, boxBytes, boxesIn, childrenOf, requireChild, u32, u64, writeBox, writeFullBox } from "./box.ts";
import { trackId } from "./init-segment.ts";
import type { Sample } from "./movie-fragment.ts";

// Fragments made anew from samples of a segment.

/** One track of a fragment to make; its samples lie one behind the other. */
export interface MadeTrack {
  readonly id: number;
  readonly decodeTimeTicks: number;
  readonly samples: readonly Sample[];
}

/** `tfhd`: offsets count from the `moof` (ISO/IEC 14496-12, clause 8.8.7). */
const BASE_IS_MOOF = 0x020000;
/** `trun` with an offset and, for each sample, duration, size, flags and composition offset (clause 8.8.8). */
const EVERYTHING = 0x1 | 0x100 | 0x200 | 0x400 | 0x800;
/** `sample_depends_on`: on no other, on others that are not sync samples (clause 8.8.3.1). */
const SYNC_FLAGS = 0x02000000;
const OTHER_FLAGS = 0x01010000;
const MDAT_HEADER_BYTES = 8;

/** `moof` and the header of `mdat`; behind it belong the samples of the first track, then those of the second, and so on. */
export function fragmentHead(tracks: readonly MadeTrack[]): Buffer {
  const moof = (samplesAt: number): Buffer => {
    let at = samplesAt;
    const trafs = tracks.map((track) => {
      const traf = madeTraf(track, at);
      at += sizeOf(track);
      return traf;
    });
    return writeBox("moof", writeFullBox("mfhd", 0, 0, u32(1)), ...trafs);
  };
  const sizeBytes = tracks.reduce((sum, track) => sum + sizeOf(track), MDAT_HEADER_BYTES);
  const mdat = Buffer.from(u32(sizeBytes, 0));
  mdat.write("mdat", 4, "latin1");
  return Buffer.concat([moof(moof(0).length + MDAT_HEADER_BYTES), mdat]);
}

function sizeOf({ samples }: MadeTrack): number {
  return samples.reduce((sum, sample) => sum + sample.sizeBytes, 0);
}

function madeTraf({ id, decodeTimeTicks, samples }: MadeTrack, dataOffsetBytes: number): Buffer {
  const records = samples.flatMap(({ durationTicks, sizeBytes, sync, compositionOffsetTicks }) => [
    durationTicks,
    sizeBytes,
    sync ? SYNC_FLAGS : OTHER_FLAGS,
    compositionOffsetTicks >>> 0,
  ]);
  return writeBox(
    "traf",
    writeFullBox("tfhd", 0, BASE_IS_MOOF, u32(id)),
    writeFullBox("tfdt", 1, 0, u64(decodeTimeTicks)),
    // Version 1: composition offsets are signed.
    writeFullBox("trun", 1, EVERYTHING, u32(samples.length, dataOffsetBytes), u32(...records)),
  );
}

/** The `moov` with one of its tracks only. Throws MalformedMedia. */
export function moovOfTrack(moov: Buffer, id: number): Buffer {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined) throw new MalformedMedia("not a moov box");
  const belongs = (box: BoxSpan): boolean => {
    if (box.type === "trak") return trackId(moov, requireChild(moov, box, "tkhd")) === id;
    return box.type !== "trex" || moov.readUInt32BE(box.bodyStart + 4) === id;
  };
  const kept = childrenOf(moov, root).filter(belongs);
  return writeBox(
    "moov",
    ...kept.map((box) => {
      if (box.type !== "mvex") return boxBytes(moov, box);
      const parts = childrenOf(moov, box).filter(belongs);
      return writeBox("mvex", ...parts.map((part) => boxBytes(moov, part)));
    }),
  );
}
