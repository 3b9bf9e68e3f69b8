import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../base/test-folder.contract.ts";
import { BitWriter, randomNumbers } from "../bit-writer.contract.ts";
import { changingMp4, FRAMES_PER_PIECE, type VideoEncoder } from "../changing-footage.contract.ts";
import { codecString } from "../codec-string.ts";
import { H264 } from "../h264/h264.ts";
import { H265 } from "../h265/h265.ts";
import { packetsOf, runProgram } from "../made-footage.contract.ts";
import type { NalCodec } from "../nal-codec.ts";
import { u32 } from "./box.ts";
import { type Fragment, FragmentReader, type StreamInit } from "./fragment-reader.ts";
import type { InitTrack } from "./init-segment.ts";
import { ParameterSetWatch } from "./parameter-set-watch.ts";

const folder = testFolder();
const CODECS: Readonly<Record<VideoEncoder, NalCodec>> = { libx264: H264, libx265: H265 };
const ENCODERS: readonly VideoEncoder[] = ["libx264", "libx265"];

interface Piece {
  readonly init: StreamInit;
  readonly fragments: Fragment[];
}

/** The parts of a stream by the init that stands ahead of them. */
function piecesOf(parts: readonly (StreamInit | Fragment)[]): Piece[] {
  const pieces: Piece[] = [];
  for (const part of parts) {
    if (part.kind === "init") pieces.push({ init: part, fragments: [] });
    else pieces.at(-1)?.fragments.push(part);
  }
  return pieces;
}

/** The parameter sets of the samples made NAL units of no meaning: what decodes then does so by the init alone. */
function withoutSetsInSamples(piece: Piece, codec: NalCodec): Buffer[] {
  const { sets } = codec.readConfig(piece.init.video.decoderConfig);
  return piece.fragments.map((fragment) => {
    const mdat = Buffer.concat(fragment.mdat);
    for (const nal of fragment.sync ? sets : []) {
      const at = mdat.indexOf(nal);
      expect(at).toBeGreaterThan(0);
      mdat[at] = codec === H264 ? 30 : 60 << 1;
    }
    return Buffer.concat([fragment.moof, mdat]);
  });
}

async function decodedSizes(path: string): Promise<string[]> {
  const frames = ["-show_entries", "frame=width,height", "-of", "csv=p=0", "-select_streams", "v", path];
  const lines = (await runProgram("ffprobe", ["-v", "warning", ...frames])).toString().split("\n");
  // Side data of a frame is an empty line of its own here.
  return lines.filter((line) => line !== "").map((line) => line.replace(",", "x").replace(/,$/, ""));
}

describe.each(ENCODERS)("a stream of %s that changes its resolution and goes back", (encoder) => {
  const sizes = ["1280x720", "640x360", "1280x720"];

  it("is answered as three inits, of which each decodes what follows it alone, and no picture is missing", async () => {
    const bytes = await changingMp4(encoder, sizes);
    const uncorrected = join(folder, `${encoder}-uncorrected.mp4`);
    await writeFile(uncorrected, bytes);
    const sent = (await packetsOf(uncorrected)).map((packet) => `${packet.size} ${packet.hash}`);

    const pieces = piecesOf(new FragmentReader().push(bytes));
    expect(pieces.map(({ init }) => `${init.video.width}x${init.video.height}`)).toEqual(sizes);
    expect(pieces.map(({ init }) => init.continues)).toEqual([false, true, true]);
    const kept: string[] = [];
    let nextTicks = 0;
    for (const [index, piece] of pieces.entries()) {
      const path = join(folder, `${encoder}-${index}.mp4`);
      const { ftyp, moov } = piece.init;
      await writeFile(
        path,
        Buffer.concat([ftyp, moov, ...piece.fragments.flatMap(({ moof, mdat }) => [moof, ...mdat])]),
      );
      kept.push(...(await packetsOf(path)).map((packet) => `${packet.size} ${packet.hash}`));
      await writeFile(path, Buffer.concat([ftyp, moov, ...withoutSetsInSamples(piece, CODECS[encoder])]));
      expect(await decodedSizes(path)).toEqual(Array.from({ length: FRAMES_PER_PIECE }, () => sizes[index]));
      expect(piece.fragments[0]?.sync).toBe(true);
      for (const { video } of piece.fragments) {
        if (nextTicks > 0) expect(video?.decodeTimeTicks).toBe(nextTicks);
        nextTicks = (video?.decodeTimeTicks ?? 0) + sum(video?.runs[0]?.samples.map((sample) => sample.durationTicks));
      }
    }
    expect(kept).toEqual(sent);
    expect(kept).toHaveLength(3 * FRAMES_PER_PIECE);
    const [first, second, third] = pieces.map(({ init }) => codecString(init.video));
    expect(third).toBe(first);
    expect(second).not.toBe(first);
  });

  it("is read the same byte by byte", async () => {
    const bytes = await changingMp4(encoder, ["64x48", "48x64"]);
    const whole = piecesOf(new FragmentReader().push(Buffer.from(bytes)));
    const reader = new FragmentReader();
    const pieces = piecesOf(Array.from(bytes, (byte) => reader.push(Buffer.from([byte]))).flat());
    expect(pieces.map(({ init }) => init)).toEqual(whole.map(({ init }) => init));
    expect(pieces.map(({ fragments }) => fragments.length)).toEqual(whole.map(({ fragments }) => fragments.length));
  });

  it("is one init where the sets are repeated at each key frame and never change", async () => {
    const pieces = piecesOf(new FragmentReader().push(await changingMp4(encoder, ["320x240", "320x240"])));
    expect(pieces).toHaveLength(1);
    expect(pieces[0]?.fragments.filter((fragment) => fragment.sync)).toHaveLength(8);
  });
});

function sum(values: readonly number[] | undefined): number {
  return (values ?? []).reduce((total, value) => total + value, 0);
}

// Small sets of H.264, from which streams are put together by hand.

/** 16 times `across` by 16 pixels. */
function sequenceSet(id: number, across: number): Buffer {
  const set = new BitWriter().bits(8, 66).bits(8, 0).bits(8, 30).unsigned(id, 0, 2, 1).flag(false);
  return set
    .unsigned(across - 1, 0)
    .flag(true)
    .flag(true)
    .flag(false)
    .flag(false)
    .nal(0x67);
}

function pictureSet(id: number, sequenceId: number, more = 0): Buffer {
  return new BitWriter().unsigned(id, sequenceId, more).nal(0x68);
}

function slice(pictureSetId: number): Buffer {
  return new BitWriter().unsigned(0, 7, pictureSetId).nal(0x65);
}

const DELIMITER = Buffer.from([0x09, 0xf0]);

function sampleOf(...nals: readonly Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal) => [u32(nal.length), nal]));
}

function watchOf(...sets: readonly Buffer[]): ParameterSetWatch {
  const parsed = sets.map(H264.readSet);
  const active = parsed.find((set) => set.kind === "sps");
  if (active?.kind !== "sps") throw new Error("no sequence set");
  const watch = ParameterSetWatch.of(trackWith("avc1", H264.writeConfig(Buffer.from([1, 0, 0, 0, 3]), parsed, active)));
  if (watch === null) throw new Error("nothing to watch");
  return watch;
}

function trackWith(sampleEntry: string, decoderConfig: Buffer): InitTrack {
  const defaults = { durationTicks: 0, sizeBytes: 0, flags: 0 };
  const numbers = { id: 1, timescale: 1000, sampleEntryAt: 0, width: 0, height: 0, editOffsetTicks: 0 };
  return { kind: "video", sampleEntry, decoderConfig, defaults, ...numbers };
}

function look(watch: ParameterSetWatch, ...nals: readonly Buffer[]) {
  const sample = sampleOf(...nals);
  return watch.look([sample], 0, sample.length);
}

/** The sets of a description, in the order of the box. */
function setsOf(description: ReturnType<typeof look>): readonly Buffer[] {
  return description === null ? [] : H264.readConfig(description.config).sets;
}

describe("the watch for parameter sets", () => {
  it("finds nothing new in the same sets in another order, padded, repeated, or in part", () => {
    const [sps, pps] = [sequenceSet(0, 4), pictureSet(0, 0)];
    const watch = watchOf(sps, pps);
    expect(look(watch, DELIMITER, sps, pps, slice(0))).toBeNull();
    expect(look(watch, DELIMITER, pps, sps, slice(0))).toBeNull();
    expect(look(watch, sps, pps, sps, pps, slice(0))).toBeNull();
    expect(look(watch, Buffer.concat([sps, Buffer.alloc(2)]), pps, slice(0))).toBeNull();
    expect(look(watch, pps, slice(0))).toBeNull();
    expect(look(watch, slice(0))).toBeNull();
    // Behind the first slice nothing is looked at.
    expect(look(watch, slice(0), sequenceSet(0, 5))).toBeNull();
  });

  it("replaces a set by its id and keeps the others", () => {
    const watch = watchOf(sequenceSet(0, 4), pictureSet(0, 0), pictureSet(1, 0));
    const changed = look(watch, sequenceSet(0, 7), pictureSet(0, 0, 5), slice(0));
    expect(changed).toMatchObject({ width: 112, height: 16 });
    expect(setsOf(changed)).toEqual([sequenceSet(0, 7), pictureSet(0, 0, 5), pictureSet(1, 0)]);
    expect(look(watch, sequenceSet(0, 7), pictureSet(0, 0, 5), slice(0))).toBeNull();
    const back = look(watch, sequenceSet(0, 4), pictureSet(0, 0), slice(0));
    expect(back).toMatchObject({ width: 64 });
    expect(setsOf(back)).toEqual([sequenceSet(0, 4), pictureSet(0, 0), pictureSet(1, 0)]);
  });

  it("tells a new picture set alone", () => {
    const watch = watchOf(sequenceSet(0, 4), pictureSet(0, 0));
    expect(setsOf(look(watch, pictureSet(0, 0, 9), slice(0)))).toEqual([sequenceSet(0, 4), pictureSet(0, 0, 9)]);
  });

  it("describes the sequence set that the picture uses, also when all of them stay", () => {
    const sets = [sequenceSet(0, 4), pictureSet(0, 0), sequenceSet(1, 7), pictureSet(1, 1)];
    const watch = watchOf(...sets);
    expect(look(watch, ...sets, slice(0))).toBeNull();
    const changed = look(watch, ...sets, slice(1));
    expect(changed).toMatchObject({ width: 112 });
    expect(setsOf(changed)[0]).toEqual(sequenceSet(1, 7));
    expect(look(watch, ...sets, slice(1))).toBeNull();
    expect(look(watch, slice(0))).toMatchObject({ width: 64 });
  });

  it("stays with what was in force when a set or a sample cannot be read", () => {
    const watch = watchOf(sequenceSet(0, 4), pictureSet(0, 0));
    expect(look(watch, sequenceSet(0, 7).subarray(0, 5), pictureSet(0, 0), slice(0))).toBeNull();
    expect(look(watch, Buffer.concat([sequenceSet(0, 7), Buffer.alloc(9000, 1)]), slice(0))).toBeNull();
    expect(look(watch, sequenceSet(0, 7))).toBeNull();
    const cut = sampleOf(sequenceSet(0, 7), slice(0));
    for (let length = 0; length < cut.length; length += 1) expect(watch.look([cut], 0, length)).toBeNull();
    expect(watch.look([], 0, cut.length)).toBeNull();
    expect(look(watch, sequenceSet(0, 4), pictureSet(0, 0), slice(0))).toBeNull();
    expect(look(watch, sequenceSet(0, 7), pictureSet(0, 0), slice(0))).toMatchObject({ width: 112 });
  });

  it("reads a sample wherever it is cut", () => {
    const sample = Buffer.concat([Buffer.alloc(8), sampleOf(DELIMITER, sequenceSet(0, 7), pictureSet(0, 0), slice(0))]);
    for (let at = 0; at <= sample.length; at += 1) {
      const parts = [sample.subarray(0, at), Buffer.alloc(0), sample.subarray(at)];
      const sets = setsOf(watchOf(sequenceSet(0, 4), pictureSet(0, 0)).look(parts, 8, sample.length - 8));
      expect(sets).toEqual([sequenceSet(0, 7), pictureSet(0, 0)]);
      expect(watchOf(sequenceSet(0, 7), pictureSet(0, 0)).look(parts, 8, sample.length - 8)).toBeNull();
    }
  });

  it("has nothing to watch in other codecs and in a configuration that cannot be read", () => {
    expect(ParameterSetWatch.of(trackWith("mp4v", Buffer.alloc(40)))).toBeNull();
    expect(ParameterSetWatch.of(trackWith("avc1", Buffer.from([1, 66, 0, 30, 255, 225, 0])))).toBeNull();
    expect(ParameterSetWatch.of(trackWith("hvc1", Buffer.alloc(10)))).toBeNull();
  });

  it("throws at nothing a damaged sample holds", async () => {
    const below = randomNumbers(7);
    for (const encoder of ENCODERS) {
      const [init, fragment] = new FragmentReader().push(await changingMp4(encoder, ["64x48", "48x64"]));
      if (init?.kind !== "init" || fragment?.kind !== "fragment") throw new Error("no stream");
      const mdat = Buffer.concat(fragment.mdat);
      const sizeBytes = fragment.video?.runs[0]?.samples[0]?.sizeBytes ?? 0;
      let changes = 0;
      for (let round = 0; round < 2000; round += 1) {
        const damaged = Buffer.from(mdat);
        for (let left = 1 + below(3); left > 0; left -= 1) damaged[8 + below(Math.min(sizeBytes, 120))] = below(256);
        changes += Number(ParameterSetWatch.of(init.video)?.look([damaged], 8, sizeBytes) !== null);
      }
      expect(changes).toBeGreaterThan(0);
      expect(changes).toBeLessThan(2000);
    }
  });
});
