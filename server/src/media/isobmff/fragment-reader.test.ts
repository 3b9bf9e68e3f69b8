import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../base/test-folder.contract.ts";
import { codecString } from "../codec-string.ts";
import {
  FRAME_MS,
  fragmentedMp4,
  PIPE_ARGUMENTS,
  packetsOf,
  readStream,
  runProgram,
  type Scene,
} from "../made-footage.contract.ts";
import { MalformedMedia } from "../malformed-media.ts";
import { boxBytes, boxesIn, u32, u64, writeBox, writeFullBox } from "./box.ts";
import { FragmentReader } from "./fragment-reader.ts";
import { parseMoov } from "./init-segment.ts";
import { parseMoof } from "./movie-fragment.ts";

const folder = testFolder();

/** By how much the sound begins after the picture, seconds: as ffmpeg plays what it wrote, edit lists and all, and as we read it. */
async function soundBehindPicture(scene: Scene) {
  const bytes = await fragmentedMp4(scene);
  const path = join(folder, "as-ffmpeg-wrote-it.mp4");
  await writeFile(path, bytes);
  const packets = await packetsOf(path);
  const { init, fragments } = readStream(bytes);
  const seconds = (kind: "video" | "audio") => {
    const track = init.tracks.find((candidate) => candidate.kind === kind);
    const first = fragments.flatMap((part) => part.tracks).find((part) => part.trackId === track?.id);
    const played = packets.find((packet) => packet.kind === kind);
    const sample = first?.runs[0]?.samples[0];
    if (track === undefined || first === undefined || played === undefined || sample === undefined)
      throw new Error(`no ${kind}`);
    return {
      played: played.pts / track.timescale,
      read: (first.decodeTimeTicks + sample.compositionOffsetTicks) / track.timescale,
    };
  };
  const [picture, sound] = [seconds("video"), seconds("audio")];
  return { played: sound.played - picture.played, read: sound.read - picture.read, picture, sound };
}

describe("the fragment reader", () => {
  it("puts what edit lists say into the decode times: sound that begins late, and the priming of AAC", async () => {
    const late = await soundBehindPicture({ seconds: 2, sound: true, soundLateSeconds: 0.7 });
    expect(late.read).toBeCloseTo(late.played, 3);
    expect(late.read).toBeGreaterThan(0.6);

    const primed = await soundBehindPicture({ seconds: 2, sound: true });
    expect(primed.read).toBeCloseTo(primed.played, 3);
    expect(primed.read).toBeCloseTo(-1024 / 48_000, 3);
    // Nothing can begin before 0: the picture has moved up instead.
    expect(primed.sound.read).toBeCloseTo(0, 3);
  });

  it("keeps sound and picture together where B-frames shift the picture", async () => {
    const { played, read } = await soundBehindPicture({ seconds: 2, sound: true, bFrames: 2 });
    expect(read).toBeCloseTo(played, 3);
  });

  it("writes the decode times it answers into the bytes, and takes the edit lists out", async () => {
    const { init, fragments } = readStream(await fragmentedMp4({ seconds: 2, sound: true, soundLateSeconds: 0.7 }));
    expect(init.moov.includes("edts")).toBe(false);
    expect(parseMoov(init.moov).tracks.map((track) => track.editOffsetTicks)).toEqual([0, 0]);
    const defaultsOf = (id: number) =>
      init.tracks.find((track) => track.id === id)?.defaults ?? { durationTicks: 0, sizeBytes: 0, flags: 0 };
    for (const fragment of fragments) expect(parseMoof(fragment.moof, defaultsOf)).toEqual(fragment.tracks);
  });

  it("answers whole fragments, of which those with a key frame begin with it, none longer than the pipe's limit", async () => {
    const { init, fragments } = readStream(await fragmentedMp4({ seconds: 3, gopFrames: 8 }));
    const samples = fragments.map((fragment) => fragment.video?.runs.flatMap((run) => run.samples) ?? []);
    expect(samples.flat()).toHaveLength(30);
    for (const [index, fragment] of fragments.entries()) {
      const [first, ...rest] = samples[index] ?? [];
      expect(fragment.sync).toBe(first?.sync);
      expect(rest.every((sample) => !sample.sync)).toBe(true);
      const ms = (samples[index] ?? []).reduce(
        (sum, one) => sum + (one.durationTicks * 1000) / init.video.timescale,
        0,
      );
      expect(ms).toBeLessThanOrEqual(250 + FRAME_MS);
      expect(fragment.sizeBytes).toBe(fragment.moof.length + fragment.mdat.reduce((sum, part) => sum + part.length, 0));
    }
    expect(fragments.filter((fragment) => fragment.sync)).toHaveLength(4);
  });

  it("reads the same parts byte by byte", async () => {
    const bytes = await fragmentedMp4({ seconds: 1, codec: "libx265" });
    const whole = readStream(Buffer.from(bytes));
    const reader = new FragmentReader();
    const parts = Array.from(bytes, (byte) => reader.push(Buffer.from([byte]))).flat();
    expect(parts.filter((part) => part.kind === "fragment").map((part) => part.tracks)).toEqual(
      whole.fragments.map((fragment) => fragment.tracks),
    );
  });

  it("names H.265 hvc1, which all players take", async () => {
    const bytes = await fragmentedMp4({ seconds: 1, codec: "libx265" });
    expect(bytes.includes("hev1")).toBe(true);
    const { init } = readStream(bytes);
    expect(init.video.sampleEntry).toBe("hvc1");
    expect(init.moov.includes("hev1")).toBe(false);
    expect(init.moov.includes("hvc1")).toBe(true);
    expect(codecString(init.video)).toMatch(/^hvc1\.1\.6\.L\d+\.[0-9A-F]{2}/);
  });

  it("refuses a stream without a picture, and parts out of order", async () => {
    const sine = ["-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac"];
    const sound = await runProgram("ffmpeg", [...sine, ...PIPE_ARGUMENTS, "pipe:1"]);
    expect(() => new FragmentReader().push(sound)).toThrow(MalformedMedia);
    expect(() => new FragmentReader().push(writeBox("mdat"))).toThrow(MalformedMedia);
    const bytes = await fragmentedMp4({ seconds: 1 });
    const [ftyp, moov] = boxesIn(bytes, 0, bytes.length);
    const only = (box: typeof moov) => (box === undefined ? Buffer.alloc(0) : Buffer.from(boxBytes(bytes, box)));
    expect(() => new FragmentReader().push(only(moov))).toThrow(MalformedMedia);
    expect(() => new FragmentReader().push(Buffer.concat([only(ftyp), only(moov), writeBox("mdat")]))).toThrow(
      MalformedMedia,
    );
  });
});

const DURATION_GIVEN = 0x000101;
const DEFAULT_BASE_IS_MOOF = 0x020000;

/** A `moof` whose video samples last as long as said. */
function moofOf(trackId: number, decodeTimeTicks: number, durations: readonly number[]): Buffer {
  return writeBox(
    "moof",
    writeFullBox("mfhd", 0, 0, u32(1)),
    writeBox(
      "traf",
      writeFullBox("tfhd", 0, DEFAULT_BASE_IS_MOOF, u32(trackId)),
      writeFullBox("tfdt", 1, 0, u64(decodeTimeTicks)),
      writeFullBox("trun", 0, DURATION_GIVEN, u32(durations.length, 200, ...durations)),
    ),
  );
}

describe("a first picture without a time stamp of its own", () => {
  async function readWith(durations: readonly number[], decodeTimeTicks: number) {
    const bytes = await fragmentedMp4({ seconds: 1 });
    const moov = boxesIn(bytes, 0, bytes.length).find((box) => box.type === "moov");
    const head = Buffer.from(bytes.subarray(0, moov?.end));
    const stream = [
      moofOf(1, decodeTimeTicks, durations),
      writeBox("mdat"),
      moofOf(1, 5000, [100, 100]),
      writeBox("mdat"),
    ];
    const { fragments } = readStream(Buffer.concat([head, ...stream]));
    return fragments.map((fragment) => {
      const samples = fragment.video?.runs.flatMap((run) => run.samples) ?? [];
      return { startTicks: fragment.video?.decodeTimeTicks, durations: samples.map((sample) => sample.durationTicks) };
    });
  }

  it("gets a whole picture's duration, and what follows keeps its distance", async () => {
    const [first, second] = await readWith([1, 1000, 1000, 999], 0);
    expect(first).toEqual({ startTicks: 0, durations: [1000, 1001, 1000, 999] });
    // There was no room ahead of it: everything has moved up by one picture.
    expect(second).toEqual({ startTicks: 6000, durations: [100, 100] });
  });

  it("is left alone where it has one", async () => {
    const [first, second] = await readWith([1000, 1000, 1000], 0);
    expect(first).toEqual({ startTicks: 0, durations: [1000, 1000, 1000] });
    expect(second?.startTicks).toBe(5000);
  });
});
