import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { type Packet, packetsOf, type Scene } from "../media/made-footage.contract.ts";
import { placeOf, shownFrames } from "../media/shown-frames.contract.ts";
import { H264Parts } from "./h264-parts.ts";
import { madeSegment } from "./made-segment.contract.ts";
import { PlayableParts } from "./playable-part.ts";
import { SegmentReader } from "./segment-reader.ts";

const folder = testFolder();
const NEVER = new AbortController().signal;
const reader = new SegmentReader();
const options = { ffmpeg: "ffmpeg", reader, clock: systemClock };
const playable = new PlayableParts(options);
const parts = new H264Parts({ ...options, playable });
const H265: Scene = { seconds: 4, codec: "libx265", gopFrames: 10 };

/** What a player gets of a scene, a GOP at a time; and the scene as it is. */
async function played(scene: Scene): Promise<{ file: string; whole: string }> {
  const path = join(folder, "segment.mp4");
  const { open, closed, ends } = await madeSegment(scene);
  await writeFile(path, closed);
  const whole = join(folder, "whole.mp4");
  await writeFile(whole, Buffer.concat([await reader.init(path), open.subarray(ends[0])]));
  const { fragments } = await reader.index(path);
  const begins = fragments.filter((fragment) => fragment.sync).map((fragment) => fragment.offsetBytes);
  const received = [await parts.init(path, NEVER)];
  for (const [place, fromBytes] of begins.entries()) {
    const toBytes = begins[place + 1] ?? ends.at(-1) ?? 0;
    const { sizeBytes, bytes } = await parts.part(path, { fromBytes, toBytes, afterSource: null }, NEVER);
    received.push(await buffer(bytes));
    expect(received.at(-1)).toHaveLength(sizeBytes);
  }
  const file = join(folder, "played.mp4");
  await writeFile(file, Buffer.concat(received));
  return { file, whole };
}

const of = (kind: Packet["kind"], packets: readonly Packet[]) => packets.filter((packet) => packet.kind === kind);

it.each<[string, Partial<Scene>]>([
  ["without sound", {}],
  ["in another order than it is shown", { bFrames: 2 }],
  ["with AAC", { sound: true }],
])("H.265 (%s) becomes H.264, each picture at its time, the sound as it is", async (_, scene) => {
  const { file, whole } = await played({ ...H265, ...scene });
  const [before, after] = [await packetsOf(whole), await packetsOf(file)];
  const shown = of("video", before)
    .map((packet) => packet.pts)
    .sort((one, other) => one - other);
  expect(of("video", after).map((packet) => packet.pts)).toEqual(shown);
  expect(of("audio", after)).toEqual(of("audio", before));
  const [frames, wanted] = [await shownFrames(file), await shownFrames(whole)];
  expect(frames.map((frame) => placeOf(frame, wanted))).toEqual([...wanted.keys()]);
});

it("sound that browsers do not play is converted too, packet for packet", async () => {
  const { file, whole } = await played({ ...H265, sound: true, soundCodec: "libmp3lame" });
  const times = (packets: readonly Packet[]) => of("audio", packets).map(({ pts, dts }) => ({ pts, dts }));
  const [before, after] = [await packetsOf(whole), await packetsOf(file)];
  expect(times(after)).toEqual(times(before));
  expect(times(after).length).toBeGreaterThan(100);
});

it("nothing goes on when nobody waits any more", async () => {
  const gone = new AbortController();
  const path = join(folder, "long.mp4");
  const { closed, ends } = await madeSegment({ ...H265, seconds: 60 });
  await writeFile(path, closed);
  const range = { fromBytes: ends[0] ?? 0, toBytes: ends.at(-1) ?? 0, afterSource: null };
  const part = parts.part(path, range, gone.signal);
  setImmediate(() => gone.abort());
  await expect(part).rejects.toThrow(/aborted/);
});
