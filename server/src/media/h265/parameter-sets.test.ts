import { describe, expect, it } from "vitest";
import { BitWriter, randomNumbers } from "../bit-writer.contract.ts";
import { fragmentedMp4, readStream } from "../made-footage.contract.ts";
import { MalformedMedia } from "../malformed-media.ts";
import { H265 } from "./h265.ts";
import {
  pictureSetOfSlice,
  readPictureSet,
  readSequenceHead,
  readSequenceSet,
  readVideoSet,
} from "./parameter-sets.ts";

const ROUNDS = 1000;

interface Wanted {
  readonly id: number;
  readonly subLayers: readonly { readonly profile: boolean; readonly level: boolean }[];
  readonly profileTierLevel: Buffer;
  readonly chromaFormat: number;
  readonly separate: boolean;
  readonly coded: readonly [number, number];
  readonly window: readonly [number, number, number, number] | null;
  readonly lumaBits: number;
  readonly chromaBits: number;
}

function anyWanted(below: (limit: number) => number): Wanted {
  const chromaFormat = below(4);
  return {
    id: below(16),
    subLayers: Array.from({ length: below(7) }, () => ({ profile: below(2) === 0, level: below(2) === 0 })),
    // Many zeros, as in real sets: emulation prevention is needed within.
    profileTierLevel: Buffer.from(Array.from({ length: 12 }, () => (below(3) === 0 ? below(256) : 0))),
    chromaFormat,
    separate: chromaFormat === 3 && below(2) === 0,
    coded: [64 + below(8000), 64 + below(4000)],
    window: below(2) === 0 ? null : [below(8), below(8), below(8), below(8)],
    lumaBits: 8 + below(9),
    chromaBits: 8 + below(9),
  };
}

/** Clause 7.3.2.2.1, field by field. */
function writeSet(wanted: Wanted): Buffer {
  const set = new BitWriter().bits(4, 0).bits(3, wanted.subLayers.length).flag(true);
  for (const byte of wanted.profileTierLevel) set.bits(8, byte);
  for (const { profile, level } of wanted.subLayers) set.flag(profile).flag(level);
  if (wanted.subLayers.length > 0) set.bits(2 * (8 - wanted.subLayers.length), 0);
  for (const { profile, level } of wanted.subLayers) set.bits(profile ? 88 : 0, 0).bits(level ? 8 : 0, 93);
  set.unsigned(wanted.id, wanted.chromaFormat);
  if (wanted.chromaFormat === 3) set.flag(wanted.separate);
  set.unsigned(...wanted.coded).flag(wanted.window !== null);
  if (wanted.window !== null) set.unsigned(...wanted.window);
  return set.unsigned(wanted.lumaBits - 8, wanted.chromaBits - 8).nal(0x42, 0x01);
}

describe("the sequence parameter set of H.265", () => {
  it("says the size that is shown, whatever stands ahead of it", () => {
    const below = randomNumbers(1);
    for (let round = 0; round < ROUNDS; round += 1) {
      const wanted = anyWanted(below);
      const [left, right, top, bottom] = wanted.window ?? [0, 0, 0, 0];
      const subsampled = wanted.separate ? 0 : wanted.chromaFormat;
      const nal = writeSet(wanted);
      const set = readSequenceSet(nal);
      expect(set.id).toBe(wanted.id);
      expect(set.picture).toMatchObject({
        width: wanted.coded[0] - (left + right) * (subsampled === 1 || subsampled === 2 ? 2 : 1),
        height: wanted.coded[1] - (top + bottom) * (subsampled === 1 ? 2 : 1),
        chromaFormat: wanted.chromaFormat,
        lumaBits: wanted.lumaBits,
        chromaBits: wanted.chromaBits,
      });
      const head = readSequenceHead(nal);
      expect(head.profileTierLevel).toEqual(wanted.profileTierLevel);
      expect(head).toMatchObject({ temporalLayers: wanted.subLayers.length + 1, temporalIdNesting: true });
    }
  });

  it("ends in MalformedMedia or a size that a file can say when it is damaged", () => {
    const below = randomNumbers(2);
    let read = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const nal = writeSet(anyWanted(below));
      for (let left = 1 + below(3); left > 0; left -= 1) nal[2 + below(nal.length - 2)] = below(256);
      try {
        const { width, height } = readSequenceSet(nal.subarray(0, 1 + below(nal.length * 2))).picture;
        expect(Math.min(width, height)).toBeGreaterThan(0);
        expect(Math.max(width, height)).toBeLessThanOrEqual(0xffff);
        read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMedia);
      }
    }
    expect(read).toBeGreaterThan(ROUNDS / 100);
    expect(read).toBeLessThan(ROUNDS);
  });
});

describe("the configuration of H.265", () => {
  it("says what ffmpeg says of the same sets", async () => {
    const { video } = readStream(await fragmentedMp4({ seconds: 1, codec: "libx265" })).init;
    const config = H265.readConfig(video.decoderConfig);
    const sets = config.sets.map(H265.readSet);
    expect(sets.map((set) => set.kind)).toEqual(["vps", "sps", "pps"]);
    const active = sets.find((set) => set.kind === "sps");
    if (active?.kind !== "sps") throw new Error("no sequence set");
    expect(active.picture).toMatchObject({ width: 160, height: 120, chromaFormat: 1, lumaBits: 8 });
    const written = H265.writeConfig(video.decoderConfig, sets, active);
    expect(H265.readConfig(written)).toEqual(config);
    // Profile, tier, level; chroma format and bit depths; layers and length size.
    for (const [from, to] of [
      [0, 13],
      [16, 22],
    ])
      expect(written.subarray(from, to)).toEqual(video.decoderConfig.subarray(from, to));
  });

  it("ends in MalformedMedia or a result when it is damaged", async () => {
    const { video } = readStream(await fragmentedMp4({ seconds: 1, codec: "libx265" })).init;
    const below = randomNumbers(3);
    for (let round = 0; round < ROUNDS; round += 1) {
      const config = Buffer.from(video.decoderConfig);
      config[below(config.length)] = below(256);
      try {
        const { sets } = H265.readConfig(config.subarray(0, below(config.length + 1)));
        for (const nal of sets) H265.readSet(nal);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMedia);
      }
    }
  });
});

it("slices and sets of H.265 name what they use; other layers are left alone", () => {
  expect(readVideoSet(new BitWriter().bits(4, 9).bits(12, 0).nal(0x40, 0x01))).toMatchObject({ kind: "vps", id: 9 });
  expect(readPictureSet(new BitWriter().unsigned(63, 15).nal(0x44, 0x01))).toMatchObject({ id: 63, sequenceId: 15 });
  // IDR_W_RADL has one flag more than TRAIL_R.
  expect(pictureSetOfSlice(new BitWriter().bits(2, 2).unsigned(63).nal(0x26, 0x01))).toBe(63);
  expect(pictureSetOfSlice(new BitWriter().bits(1, 1).unsigned(63).nal(0x02, 0x01))).toBe(63);
  expect([0x40, 0x42, 0x44, 0x26, 0x46].map((first) => H265.classOf(first, 1))).toEqual([
    "set",
    "set",
    "set",
    "slice",
    "other",
  ]);
  expect(H265.classOf(0x42, 0x09)).toBe("other");
  expect(H265.classOf(0x43, 0x01)).toBe("other");
});
