import { MalformedMedia } from "../malformed-media.ts";
import { type BoxSpan, boxBytes, boxesIn, childrenOf, requireChild, u32, u64, writeBox, writeFullBox } from "./box.ts";
import { AUDIO_ENTRY_BYTES } from "./init-segment.ts";
import type { Sample, TrackFragment } from "./movie-fragment.ts";
import { withSampleEntry } from "./sample-description.ts";
import { singleTrackMp4 } from "./single-track.ts";

// A segment's sound in another codec, packet for packet: what is here takes and gives packets, and leaves their times as they are.

/** An audio track of a segment, and how many samples each of its packets has. */
export interface PacketTrack {
  readonly id: number;
  /** Ticks per second; ffmpeg counts sound in samples, so it is also the sample rate. */
  readonly timescale: number;
  readonly packetSamples: number;
}

/** `tfhd`: offsets count from the `moof` (ISO/IEC 14496-12, clause 8.8.7). */
const BASE_IS_MOOF = 0x020000;
/** `trun` (clause 8.8.8). */
const HAS_OFFSET = 0x1;
const HAS_DURATIONS = 0x100;
const HAS_SIZES = 0x200;
const BOX_HEADER_BYTES = 8;

/** The `moov` with the track as FLAC: two channels of 16 bits. Throws MalformedMedia. */
export function flacMoov(moov: Buffer, { id, timescale, packetSamples }: PacketTrack): Buffer {
  const fields = Buffer.alloc(AUDIO_ENTRY_BYTES);
  fields.writeUInt16BE(1, 6);
  fields.writeUInt16BE(2, 16);
  fields.writeUInt16BE(16, 18);
  // 16.16 bits; a higher rate is told by STREAMINFO alone (Encapsulation of FLAC in ISO BMFF, 3.3.1).
  if (timescale <= 0xffff) fields.writeUInt32BE(timescale * 0x10000, 24);
  return withSampleEntry(
    moov,
    id,
    writeBox("fLaC", fields, writeFullBox("dfLa", 0, 0, streamInfo(timescale, packetSamples))),
  );
}

/** The one metadata block of a FLAC stream whose frames have `frameSamples` each; sizes, length and hash are not known (RFC 9639, 8.2). */
function streamInfo(rateHz: number, frameSamples: number): Buffer {
  const block = Buffer.alloc(38);
  block.writeUInt32BE(0x80000022, 0);
  block.writeUInt16BE(frameSamples, 4);
  block.writeUInt16BE(frameSamples, 6);
  // 20 bits of rate, 3 of channels - 1, 5 of bits - 1, 36 of length.
  block.writeUInt32BE(((rateHz << 12) | (1 << 9) | (15 << 4)) >>> 0, 14);
  return block;
}

/** The track alone as a whole file for a decoder: `packets` one after the other from time 0, each of its full length. */
export function soundAlone(
  head: { readonly ftyp: Buffer; readonly moov: Buffer },
  { id, packetSamples }: PacketTrack,
  packets: readonly Buffer[],
): Buffer {
  const samples = packets.map((bytes) => ({
    ...{ bytes, sizeBytes: bytes.length, durationTicks: packetSamples, sync: true, compositionOffsetTicks: 0 },
  }));
  return singleTrackMp4(head, id, samples);
}

/** A fragment to send in place of one in a file: `head`, then the file's bytes of `pictures`, then the sound. */
export interface RewrittenFragment {
  /** `moof` and the header of `mdat`. */
  readonly head: Buffer;
  /** From the start of the fragment in the file. */
  readonly pictures: readonly { readonly offsetBytes: number; readonly sizeBytes: number }[];
}

/**
 * A fragment whose audio track `soundId` has packets of other sizes: as many as before, at the same times. Everything of the other tracks
 * stays as it is. Throws MalformedMedia.
 */
export function withSoundOfSizes(
  moof: Buffer,
  tracks: readonly TrackFragment[],
  soundId: number,
  sizes: readonly number[],
): RewrittenFragment {
  const [root] = boxesIn(moof, 0, moof.length);
  if (root === undefined) throw new MalformedMedia("not a moof box");
  const others = tracks.filter((track) => track.trackId !== soundId);
  const runs = others.flatMap((track) => track.runs);
  const pictures = runs.map(({ dataOffsetBytes, samples }) => ({
    offsetBytes: dataOffsetBytes,
    sizeBytes: samples.reduce((sum, sample) => sum + sample.sizeBytes, 0),
  }));
  const pictureBytes = pictures.reduce((sum, range) => sum + range.sizeBytes, 0);
  const soundBytes = sizes.reduce((sum, size) => sum + size, 0);
  const rewrite = (payloadAt: number): Buffer => {
    const copy = Buffer.from(moof);
    let at = payloadAt;
    for (const [index, run] of runs.entries()) {
      if (run.dataOffsetAt === null) throw new MalformedMedia("a trun without a data offset");
      copy.writeUInt32BE(at, run.dataOffsetAt);
      at += pictures[index]?.sizeBytes ?? 0;
    }
    const parts = childrenOf(copy, root).map((child) => {
      if (child.type !== "traf" || trafTrackId(copy, child) !== soundId) return boxBytes(copy, child);
      const track = tracks.find((candidate) => candidate.trackId === soundId);
      if (track === undefined) throw new MalformedMedia("a traf that was not read");
      const durations = track.runs.flatMap((run) => run.samples.map((sample) => sample.durationTicks));
      const samples = durations.map((durationTicks, index) => ({ durationTicks, sizeBytes: sizes[index] ?? 0 }));
      return soundTraf(soundId, track.decodeTimeTicks, samples, at);
    });
    return writeBox("moof", ...parts);
  };
  const newMoof = rewrite(rewrite(0).length + BOX_HEADER_BYTES);
  const mdat = Buffer.alloc(BOX_HEADER_BYTES);
  mdat.writeUInt32BE(BOX_HEADER_BYTES + pictureBytes + soundBytes, 0);
  mdat.write("mdat", 4, "latin1");
  return { head: Buffer.concat([newMoof, mdat]), pictures };
}

function trafTrackId(moof: Buffer, traf: BoxSpan): number {
  return moof.readUInt32BE(requireChild(moof, traf, "tfhd").bodyStart + 4);
}

function soundTraf(
  id: number,
  decodeTimeTicks: number,
  samples: readonly Pick<Sample, "durationTicks" | "sizeBytes">[],
  dataOffsetBytes: number,
): Buffer {
  const records = samples.flatMap(({ durationTicks, sizeBytes }) => [durationTicks, sizeBytes]);
  const flags = HAS_OFFSET | HAS_DURATIONS | HAS_SIZES;
  return writeBox(
    "traf",
    writeFullBox("tfhd", 0, BASE_IS_MOOF, u32(id)),
    writeFullBox("tfdt", 1, 0, u64(decodeTimeTicks)),
    writeFullBox("trun", 0, flags, u32(samples.length, dataOffsetBytes), u32(...records)),
  );
}
