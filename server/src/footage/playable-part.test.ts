import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { type Packet, packetsOf, runProgram, type Scene } from "../media/made-footage.contract.ts";
import { madeSegment } from "./made-segment.contract.ts";
import { PlayableParts } from "./playable-part.ts";
import { SegmentReader } from "./segment-reader.ts";

const folder = testFolder();
const NEVER = new AbortController().signal;
const reader = new SegmentReader();
const parts = new PlayableParts("ffmpeg", reader, systemClock);

const SCENES = {
  MP3: { soundCodec: "libmp3lame" },
  "MP3 of 22.05 kHz": { soundCodec: "libmp3lame", soundRateHz: 22_050 },
  "AC-3": { soundCodec: "ac3" },
  "E-AC-3 of 44.1 kHz": { soundCodec: "eac3", soundRateHz: 44_100 },
  ALAC: { soundCodec: "alac" },
} as const satisfies Record<string, Partial<Scene>>;

async function segmentFile(scene: Partial<Scene>, how: "open" | "closed" = "closed"): Promise<string> {
  const made = await madeSegment({ seconds: 6, sound: true, gopFrames: 7, bFrames: 2, ...scene });
  const path = join(folder, `${JSON.stringify([scene, how]).replace(/\W+/g, "-")}.mp4`);
  await writeFile(path, made[how]);
  return path;
}

/** The segment as a player gets it: its init, and parts of so many fragments. */
async function played(path: string, fragmentsOfPart: number): Promise<Buffer> {
  const { fragments } = await reader.index(path);
  const received = [await parts.init(path)];
  for (let first = 0; first < fragments.length; first += fragmentsOfPart) {
    const [from, to] = [fragments[first], fragments[Math.min(first + fragmentsOfPart, fragments.length) - 1]];
    if (from === undefined || to === undefined) throw new Error("no fragments");
    const range = { fromBytes: from.offsetBytes, toBytes: to.offsetBytes + to.sizeBytes, afterPath: null };
    const { sizeBytes, bytes } = await parts.part(path, range, NEVER);
    const part = await buffer(bytes);
    expect(part).toHaveLength(sizeBytes);
    received.push(part);
  }
  return Buffer.concat(received);
}

async function samplesOf(path: string): Promise<Buffer> {
  return runProgram("ffmpeg", ["-v", "error", "-i", path, "-map", "0:a", "-ac", "1", "-f", "s16le", "pipe:1"]);
}
const of = (kind: Packet["kind"], packets: readonly Packet[]) => packets.filter((packet) => packet.kind === kind);

describe.each(Object.entries(SCENES))("a segment with %s", (_, scene) => {
  it("keeps every picture and every time, and its sound is one, through parts of any length", async () => {
    const path = await segmentFile(scene);
    const before = await packetsOf(await withoutEdits(path));
    const _samples = await samplesOf(path);
    for (const fragmentsOfPart of [1, 5, 1000]) {
      const file = join(folder, "played.mp4");
      await writeFile(file, await played(path, fragmentsOfPart));
      const after = await packetsOf(file);
      expect(of("video", after)).toEqual(of("video", before));
      const times = (packets: Packet[]) => of("audio", packets).map(({ pts, dts }) => ({ pts, dts }));
      expect(times(after)).toEqual(times(before));
    }
  });
});

/** The fragments of a segment alone, without the tables and edit list of the closed file. */
async function withoutEdits(path: string): Promise<string> {
  const { fragments } = await reader.index(path);
  const whole = await import("node:fs/promises").then((fs) => fs.readFile(path));
  const last = fragments.at(-1);
  const file = join(folder, "fragments.mp4");
  await writeFile(
    file,
    Buffer.concat([
      await reader.init(path),
      whole.subarray(fragments[0]?.offsetBytes, (last?.offsetBytes ?? 0) + (last?.sizeBytes ?? 0)),
    ]),
  );
  return file;
}
