import { describe, expect, it } from "vitest";
import { BitWriter, randomNumbers } from "../bit-writer.contract.ts";
import { fragmentedMp4, readStream, type Scene } from "../made-footage.contract.ts";
import { MalformedMedia } from "../malformed-media.ts";
import { H264 } from "./h264.ts";
import { pictureSetOfSlice, readPictureSet, readSequenceSet } from "./parameter-sets.ts";

const ROUNDS = 1000;

interface Wanted {
  readonly profile: number;
  readonly id: number;
  readonly chromaFormat: number;
  readonly separate: boolean;
  readonly lumaBits: number;
  readonly chromaBits: number;
  readonly scalingLists: readonly (readonly number[] | null)[] | null;
  readonly pictureOrder: readonly number[];
  readonly macroblocks: readonly [number, number];
  readonly frameOnly: boolean;
  readonly crop: readonly [number, number, number, number] | null;
  readonly aspect: number | readonly [number, number] | null;
}

function anyWanted(below: (limit: number) => number): Wanted {
  const high = below(2) === 0;
  const chromaFormat = high ? below(4) : 1;
  const list = (size: number) => (below(2) === 0 ? null : Array.from({ length: size }, () => below(40) - 20));
  return {
    profile: high ? 100 : 66,
    id: below(32),
    chromaFormat,
    separate: chromaFormat === 3 && below(2) === 0,
    lumaBits: high ? 8 + below(7) : 8,
    chromaBits: high ? 8 + below(7) : 8,
    scalingLists:
      high && below(2) === 0
        ? Array.from({ length: chromaFormat === 3 ? 12 : 8 }, (_, index) => list(index < 6 ? 16 : 64))
        : null,
    pictureOrder: Array.from({ length: below(5) }, () => below(2000) - 1000),
    macroblocks: [8 + below(300), 8 + below(200)],
    frameOnly: below(2) === 0,
    crop: below(2) === 0 ? null : [below(8), below(8), below(8), below(8)],
    aspect: [null, below(17), [1 + below(0xffff), 1 + below(0xffff)] as const][below(3)] ?? null,
  };
}

/** Clause 7.3.2.1.1, field by field. */
function writeSet(wanted: Wanted): Buffer {
  const set = new BitWriter().bits(8, wanted.profile).bits(8, 0).bits(8, 31).unsigned(wanted.id);
  if (wanted.profile === 100) {
    set.unsigned(wanted.chromaFormat);
    if (wanted.chromaFormat === 3) set.flag(wanted.separate);
    set.unsigned(wanted.lumaBits - 8, wanted.chromaBits - 8).flag(false);
    set.flag(wanted.scalingLists !== null);
    for (const list of wanted.scalingLists ?? []) writeScalingList(set, list);
  }
  set.unsigned(4);
  if (wanted.pictureOrder.length === 0) set.unsigned(0, 4);
  else if (wanted.pictureOrder.length === 1) set.unsigned(2);
  else {
    set.unsigned(1).flag(false).signed(-3).signed(7).unsigned(wanted.pictureOrder.length);
    for (const offset of wanted.pictureOrder) set.signed(offset);
  }
  set.unsigned(4).flag(false);
  set.unsigned(wanted.macroblocks[0] - 1, wanted.macroblocks[1] - 1).flag(wanted.frameOnly);
  if (!wanted.frameOnly) set.flag(true);
  set.flag(true).flag(wanted.crop !== null);
  if (wanted.crop !== null) set.unsigned(...wanted.crop);
  set.flag(wanted.aspect !== null);
  if (wanted.aspect !== null) {
    set.flag(true);
    if (typeof wanted.aspect === "number") set.bits(8, wanted.aspect);
    else set.bits(8, 255).bits(16, wanted.aspect[0]).bits(16, wanted.aspect[1]);
  }
  return set.nal(0x67);
}

function writeScalingList(set: BitWriter, deltas: readonly number[] | null): void {
  set.flag(deltas !== null);
  let scale = 8;
  for (const delta of deltas ?? []) {
    set.signed(delta);
    scale = (scale + delta + 256) % 256;
    if (scale === 0) return;
  }
}

describe("the sequence parameter set of H.264", () => {
  it("says the size that is shown, whatever stands ahead of it", () => {
    const below = randomNumbers(1);
    for (let round = 0; round < ROUNDS; round += 1) {
      const wanted = anyWanted(below);
      const [left, right, top, bottom] = wanted.crop ?? [0, 0, 0, 0];
      const subsampled = wanted.separate ? 0 : wanted.chromaFormat;
      const across = subsampled === 1 || subsampled === 2 ? 2 : 1;
      const down = (subsampled === 1 ? 2 : 1) * (wanted.frameOnly ? 1 : 2);
      const set = readSequenceSet(writeSet(wanted));
      expect(set.id).toBe(wanted.id);
      expect(set.picture).toMatchObject({
        width: wanted.macroblocks[0] * 16 - (left + right) * across,
        height: wanted.macroblocks[1] * 16 * (wanted.frameOnly ? 1 : 2) - (top + bottom) * down,
        chromaFormat: wanted.chromaFormat,
        lumaBits: wanted.lumaBits,
        chromaBits: wanted.chromaBits,
      });
      if (wanted.aspect === null || wanted.aspect === 0) expect(set.picture.pixelAspect).toBeNull();
      else if (typeof wanted.aspect === "object")
        expect(set.picture.pixelAspect).toEqual({ width: wanted.aspect[0], height: wanted.aspect[1] });
      else expect(set.picture.pixelAspect).not.toBeNull();
    }
  });

  it("ends in MalformedMedia or a size that a file can say when it is damaged", () => {
    const below = randomNumbers(2);
    let read = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const nal = writeSet(anyWanted(below));
      for (let left = 1 + below(3); left > 0; left -= 1) nal[1 + below(nal.length - 1)] = below(256);
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

  it("refuses a picture larger than any level allows, and one cropped away", () => {
    const wanted = { ...anyWanted(randomNumbers(3)), profile: 66, chromaFormat: 1, frameOnly: true, crop: null };
    expect(() => readSequenceSet(writeSet({ ...wanted, macroblocks: [1057, 8] }))).toThrow(MalformedMedia);
    expect(() => readSequenceSet(writeSet({ ...wanted, macroblocks: [8, 8], crop: [32, 32, 0, 0] }))).toThrow(
      MalformedMedia,
    );
  });
});

describe("the configuration of H.264", () => {
  it("is read from and written to what ffmpeg writes, byte for byte", async () => {
    const scenes: readonly Scene[] = [{ seconds: 1 }, { seconds: 1, bFrames: 2 }];
    for (const scene of scenes) {
      const { video } = readStream(await fragmentedMp4(scene)).init;
      const config = H264.readConfig(video.decoderConfig);
      const sets = config.sets.map(H264.readSet);
      const active = sets.find((set) => set.kind === "sps");
      if (active?.kind !== "sps") throw new Error("no sequence set");
      expect(config.lengthBytes).toBe(4);
      expect(active.picture).toMatchObject({ width: 160, height: 120, chromaFormat: 1, lumaBits: 8 });
      expect(H264.writeConfig(video.decoderConfig, sets, active)).toEqual(video.decoderConfig);
    }
  });

  it("ends in MalformedMedia or a result when it is damaged", async () => {
    const { video } = readStream(await fragmentedMp4({ seconds: 1 })).init;
    const below = randomNumbers(4);
    for (let round = 0; round < ROUNDS; round += 1) {
      const config = Buffer.from(video.decoderConfig);
      config[below(config.length)] = below(256);
      try {
        const { sets } = H264.readConfig(config.subarray(0, below(config.length + 1)));
        for (const nal of sets) H264.readSet(nal);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMedia);
      }
    }
  });

  it("is refused with more sets than it can hold", () => {
    const active = readSequenceSet(writeSet({ ...anyWanted(randomNumbers(5)), id: 0 }));
    const sets = Array.from({ length: 32 }, (_, id) => ({ ...active, id }));
    expect(() => H264.writeConfig(Buffer.alloc(7), sets, active)).toThrow(MalformedMedia);
  });
});

it("slices and picture sets of H.264 name what they use", () => {
  expect(readPictureSet(new BitWriter().unsigned(200, 31).nal(0x68))).toMatchObject({ id: 200, sequenceId: 31 });
  expect(() => readPictureSet(new BitWriter().unsigned(200, 32).nal(0x68))).toThrow(MalformedMedia);
  expect(pictureSetOfSlice(new BitWriter().unsigned(0, 7, 200).nal(0x65))).toBe(200);
});
