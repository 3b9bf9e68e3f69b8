import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { type Packet, packetsOf, runProgram, type Scene } from "../media/made-footage.contract.ts";
import { madeSegment } from "./made-segment.contract.ts";
import { PlayableParts } from "./playable-part.ts";
import { SegmentReader } from "./segment-reader.ts";

const folder = testFolder();
const NEVER = new AbortController().signal;
const MP3: Scene = { seconds: 4, sound: true, gopFrames: 7, bFrames: 2, soundCodec: "libmp3lame" };
const reader = new SegmentReader();
const parts = new PlayableParts({ ffmpeg: "ffmpeg", reader, clock: systemClock });

let files = 0;
async function fileOf(bytes: Buffer): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.mp4`);
  await writeFile(path, bytes);
  return path;
}

/** What a player gets of a segment in parts of so many fragments, without the init. */
async function playedParts(path: string, fragmentsOfPart: number, afterSource: string | null = null): Promise<Buffer> {
  const { fragments } = await reader.index(path);
  const received: Buffer[] = [];
  for (let first = 0; first < fragments.length; first += fragmentsOfPart) {
    const part = fragments.slice(first, first + fragmentsOfPart);
    const [begin, end] = [part.at(0), part.at(-1)];
    if (begin === undefined || end === undefined) throw new Error("a part without fragments");
    const range = { fromBytes: begin.offsetBytes, toBytes: end.offsetBytes + end.sizeBytes, afterSource };
    const { sizeBytes, bytes } = await parts.part(path, range, NEVER);
    received.push(await buffer(bytes));
    expect(received.at(-1)).toHaveLength(sizeBytes);
  }
  return Buffer.concat(received);
}

async function samplesOf(path: string): Promise<Int16Array> {
  const pcm = await runProgram("ffmpeg", ["-v", "fatal", "-i", path, "-map", "0:a", "-ac", "1", "-f", "s16le", "-"]);
  return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
}

/** By how much the samples at the same places differ at most. */
function farthestApart(some: Int16Array, others: Int16Array): number {
  return some
    .subarray(0, others.length)
    .reduce((most, sample, i) => Math.max(most, Math.abs(sample - (others[i] ?? 0))), 0);
}

const of = (kind: Packet["kind"], packets: readonly Packet[]) => packets.filter((packet) => packet.kind === kind);
const timesOf = (packets: readonly Packet[]) => packets.map(({ pts, dts }) => ({ pts, dts }));

describe("a segment whose sound browsers do not play", () => {
  // AC-3 decoders fill what is too quiet to be coded with noise, never the same twice.
  it.each<[string, Partial<Scene>, number]>([
    ["MP3", {}, 0],
    ["MP3 at a low rate", { soundRateHz: 22_050 }, 0],
    ["AC-3", { soundCodec: "ac3" }, 8],
    ["E-AC-3", { soundCodec: "eac3", soundRateHz: 44_100 }, 8],
    ["ALAC", { soundCodec: "alac" }, 0],
  ])(
    "(%s) keeps its pictures and all times, and the parts' sound is that of the whole",
    async (_, scene, tolerance) => {
      const { open, closed, ends } = await madeSegment({ ...MP3, ...scene });
      const path = await fileOf(closed);
      const file = await fileOf(Buffer.concat([await reader.init(path), open.subarray(ends[0])]));
      const before = await packetsOf(file);
      const samples = await samplesOf(file);
      for (const fragmentsOfPart of [4, 1000]) {
        const played = await fileOf(Buffer.concat([await parts.init(path), await playedParts(path, fragmentsOfPart)]));
        const after = await packetsOf(played);
        expect(of("video", after)).toEqual(of("video", before));
        expect(timesOf(of("audio", after))).toEqual(timesOf(of("audio", before)));
        const playedSamples = await samplesOf(played);
        expect(playedSamples.length).toBeGreaterThanOrEqual(samples.length);
        expect(farthestApart(samples, playedSamples)).toBeLessThanOrEqual(tolerance);
      }
    },
  );

  it("goes on from the file before without a seam", async () => {
    const whole = await madeSegment(MP3);
    const first = await fileOf((await madeSegment(MP3, (fragments) => fragments.slice(0, 9))).closed);
    const second = await fileOf((await madeSegment(MP3, (fragments) => fragments.slice(9))).closed);
    const played = [await parts.init(first), await playedParts(first, 4), await playedParts(second, 4, first)];
    const samples = await samplesOf(await fileOf(whole.open));
    expect(farthestApart(samples, await samplesOf(await fileOf(Buffer.concat(played))))).toBe(0);
  });

  it("plays while it is written as it does when it is closed", async () => {
    const { open, closed } = await madeSegment(MP3);
    const [openPath, closedPath] = [await fileOf(open), await fileOf(closed)];
    expect(await parts.init(openPath)).toEqual(await parts.init(closedPath));
    expect(await playedParts(openPath, 1000)).toEqual(await playedParts(closedPath, 1000));
  });

  it("plays on where its sound is damaged, and what is heard behind that is in its place", async () => {
    const damage = (fragments: Fragment[]) =>
      fragments.map((fragment, i) =>
        i < 5 ? damaged(fragment, () => 0) : i === 6 ? damaged(fragment, noise) : fragment,
      );
    const path = await fileOf((await madeSegment(MP3, damage)).closed);
    const played = await fileOf(Buffer.concat([await parts.init(path), await playedParts(path, 5)]));
    const samples = await samplesOf(await fileOf((await madeSegment(MP3)).open));
    const after = 3 * 48_000;
    expect(farthestApart(samples.subarray(after), (await samplesOf(played)).subarray(after))).toBe(0);
  });
});

const noise = (at: number): number => (at * at * 31 + at) % 251;

/** A fragment whose sound has other bytes. */
function damaged(fragment: Fragment, byteAt: (at: number) => number): Fragment {
  const bytes = Buffer.concat([fragment.moof, ...fragment.mdat]);
  for (const run of fragment.tracks.filter((track) => track !== fragment.video).flatMap((track) => track.runs)) {
    const sizeBytes = run.samples.reduce((sum, sample) => sum + sample.sizeBytes, 0);
    for (let at = 0; at < sizeBytes; at += 1) bytes[run.dataOffsetBytes + at] = byteAt(at);
  }
  return { ...fragment, mdat: [bytes.subarray(fragment.moof.length)] };
}

describe("what cannot be converted is refused", () => {
  const range = { fromBytes: 0, toBytes: 1, afterSource: null };

  it("a segment that plays as it is", async () => {
    for (const sound of [true, false]) {
      const { closed, ends } = await madeSegment({ seconds: 1, sound });
      const path = await fileOf(closed);
      await expect(parts.init(path)).rejects.toMatchObject({ code: "not_found" });
      const whole = { fromBytes: ends[0] ?? 0, toBytes: ends.at(-1) ?? 0, afterSource: null };
      await expect(parts.part(path, whole, NEVER)).rejects.toMatchObject({ code: "not_found" });
    }
  });

  it("bytes that are not whole fragments, or too many", async () => {
    const { closed, ends } = await madeSegment(MP3);
    const path = await fileOf(closed);
    const [first = 0, second = 0] = ends;
    for (const [fromBytes, toBytes] of [
      [first + 1, second],
      [first, second - 1],
      [second, first],
      [first, closed.length],
    ] as const)
      await expect(parts.part(path, { ...range, fromBytes, toBytes }, NEVER)).rejects.toMatchObject({
        code: "range_not_satisfiable",
      });
    const long = (fragments: Fragment[]) =>
      fragments.map((fragment, i) => (i === 0 ? fragment : later(fragment, 3600)));
    const made = await madeSegment(MP3, long);
    const all = { ...range, fromBytes: made.ends[0] ?? 0, toBytes: made.ends.at(-1) ?? 0 };
    await expect(parts.part(await fileOf(made.closed), all, NEVER)).rejects.toMatchObject({ code: "span_too_long" });
  });

  it("everything where ffmpeg is missing, or when nobody waits for it", async () => {
    const { closed, ends } = await madeSegment(MP3);
    const path = await fileOf(closed);
    const whole = { ...range, fromBytes: ends[0] ?? 0, toBytes: ends.at(-1) ?? 0 };
    const without = new PlayableParts({ ffmpeg: "/nowhere/ffmpeg", reader, clock: systemClock });
    await expect(without.part(path, whole, NEVER)).rejects.toMatchObject({
      code: "ffmpeg_missing",
      message: expect.stringMatching(/Install ffmpeg/),
    });
    const gone = new AbortController();
    const asked = parts.part(path, whole, gone.signal);
    gone.abort();
    await expect(asked).rejects.toBe(gone.signal.reason);
  });
});

function later(fragment: Fragment, seconds: number): Fragment {
  const tracks = fragment.tracks.map((track) => {
    const timescale = track === fragment.video ? 10_240 : 48_000;
    const decodeTimeTicks = track.decodeTimeTicks + seconds * timescale;
    fragment.moof.writeBigUInt64BE(BigInt(decodeTimeTicks), track.decodeTimeAt);
    return { ...track, decodeTimeTicks };
  });
  return { ...fragment, tracks };
}
