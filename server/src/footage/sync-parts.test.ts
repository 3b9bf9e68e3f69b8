import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { FRAME_MS, packetsOf, type Scene } from "../media/made-footage.contract.ts";
import { placeOf, shownFrames } from "../media/shown-frames.contract.ts";
import { madeSegment } from "./made-segment.contract.ts";
import { SegmentReader } from "./segment-reader.ts";
import { SyncParts } from "./sync-parts.ts";

const folder = testFolder();
const reader = new SegmentReader();
const parts = new SyncParts(reader);

async function segmentOf(scene: Scene) {
  const path = join(folder, "segment.mp4");
  await writeFile(path, (await madeSegment(scene)).closed);
  return { path, index: await reader.index(path) };
}

/** What a player gets of a segment in parts of so many GOPs, as a file. */
async function played(path: string, gops: number, speed: number): Promise<string> {
  const { fragments } = await reader.index(path);
  const keys = [...fragments.keys()].filter((place) => fragments[place]?.sync);
  const received = [await parts.init(path)];
  for (let first = 0; first < keys.length; first += gops) {
    const begin = fragments[keys[first] ?? 0];
    const end = fragments[(keys[first + gops] ?? fragments.length) - 1];
    if (begin === undefined || end === undefined) throw new Error("a part without fragments");
    const range = { fromBytes: begin.offsetBytes, toBytes: end.offsetBytes + end.sizeBytes };
    const { sizeBytes, bytes } = await parts.part(path, range, speed);
    received.push(await buffer(bytes));
    expect(received.at(-1)).toHaveLength(sizeBytes);
  }
  const file = join(folder, "played.mp4");
  await writeFile(file, Buffer.concat(received));
  return file;
}

it.each(["libx264", "libx265"] as const)(
  "(%s) fast play has every key frame, at its time divided by the speed, and no sound",
  async (codec) => {
    const { path, index } = await segmentOf({ seconds: 13, codec, gopFrames: 7, sound: true });
    const whole = await shownFrames(path);
    const ticks = index.fragments.filter((fragment) => fragment.sync).map((fragment) => fragment.decodeTicks);
    for (const [gops, speed] of [
      [4, 3],
      [100, 8],
    ] as const) {
      const file = await played(path, gops, speed);
      const packets = await packetsOf(file);
      expect(packets.every((packet) => packet.kind === "video" && packet.flags.startsWith("K"))).toBe(true);
      expect(packets.map((packet) => packet.dts)).toEqual(ticks.map((at) => Math.round(at / speed)));
      const frames = await shownFrames(file);
      expect(frames.map((frame) => placeOf(frame, whole))).toEqual(frames.map((_, number) => number * 7));
    }
  },
);

it("leaves key frames out where there are more in a second than anybody sees", async () => {
  const { path } = await segmentOf({ seconds: 10, gopFrames: 1 });
  const frames = await shownFrames(await played(path, 1000, 8));
  const whole = await shownFrames(path);
  expect(frames.map((frame) => placeOf(frame, whole))).toEqual(
    Array.from({ length: 17 }, (_, number) => number * Math.ceil((8 * 1000) / 15 / FRAME_MS)),
  );
});

it("ranges that are not whole fragments, or far too long, are refused", async () => {
  const { path, index } = await segmentOf({ seconds: 13, gopFrames: 7 });
  const [first, last] = [index.fragments.at(0), index.fragments.at(-1)];
  const range = { fromBytes: first?.offsetBytes ?? 0, toBytes: (last?.offsetBytes ?? 0) + (last?.sizeBytes ?? 0) };
  await expect(parts.part(path, { ...range, fromBytes: range.fromBytes + 1 }, 8)).rejects.toMatchObject({
    code: "range_not_satisfiable",
  });
  await expect(parts.part(path, range, 0.1)).rejects.toMatchObject({ code: "span_too_long" });
});
