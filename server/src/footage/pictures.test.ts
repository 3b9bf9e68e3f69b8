import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { FRAME_MS, runProgram, type Scene } from "../media/made-footage.contract.ts";
import { placeOf, shownFrames } from "../media/shown-frames.contract.ts";
import { madeSegment } from "./made-segment.contract.ts";
import { type FilmedSegment, Pictures } from "./pictures.ts";
import { SegmentReader } from "./segment-reader.ts";
import { addThumbnails } from "./thumbnail-file.ts";

const folder = testFolder();
const NEVER = new AbortController().signal;
const reader = new SegmentReader();
const pictures = new Pictures({ ffmpeg: "ffmpeg", reader, clock: systemClock });

let files = 0;
async function segmentOf(
  scene: Scene,
): Promise<FilmedSegment & { readonly source: string; readonly frames: Buffer[] }> {
  files += 1;
  const path = join(folder, `${files}.mp4`);
  await writeFile(path, (await madeSegment(scene)).closed);
  return { source: path, thumbnailsPath: join(folder, `${files}.thumbs`), frames: await shownFrames(path) };
}

async function shown(jpeg: Buffer): Promise<Buffer | undefined> {
  const path = join(folder, "picture.jpg");
  await writeFile(path, jpeg);
  return (await shownFrames(path))[0];
}

async function widthOf(jpeg: Buffer): Promise<number> {
  const path = join(folder, "picture.jpg");
  await writeFile(path, jpeg);
  const entry = ["-show_entries", "stream=width", "-of", "csv=p=0"];
  return Number(await runProgram("ffprobe", ["-v", "fatal", ...entry, path]));
}

describe("thumbnails", () => {
  it.each(["libx264", "libx265"] as const)("(%s) show the key frame nearest to a time", async (codec) => {
    const segment = await segmentOf({ seconds: 33, codec, gopFrames: 20 });
    const found = await pictures.thumbnails(segment, [-50, 16_000, 14_000, 29_000, 500_000], 320, NEVER);
    expect(found.map((picture) => picture.offsetMs)).toEqual([0, 10_000, 20_000, 30_000]);
    for (const { jpeg, offsetMs } of found) {
      expect(await widthOf(jpeg)).toBe(320);
      expect(placeOf(await shown(jpeg), segment.frames)).toBe(offsetMs / FRAME_MS);
    }
  });

  it("are those that were made while recording, and made only where there is none or a larger one is wanted", async () => {
    const segment = await segmentOf({ seconds: 25 });
    const kept = Buffer.from("a picture that was kept");
    await addThumbnails(segment.thumbnailsPath, [{ offsetTicks: 10 * 10_240, jpeg: kept }]);
    const [first, second, third] = await pictures.thumbnails(segment, [0, 10_000, 20_000], 200, NEVER);
    expect(second?.jpeg).toEqual(kept);
    expect(placeOf(await shown(first?.jpeg ?? kept), segment.frames)).toBe(0);
    expect(placeOf(await shown(third?.jpeg ?? kept), segment.frames)).toBe(200);
    const [large] = await pictures.thumbnails(segment, [10_000], 640, NEVER);
    expect(await widthOf(large?.jpeg ?? kept)).toBe(640);
    const absent = new Pictures({ ffmpeg: "/nowhere/ffmpeg", reader, clock: systemClock });
    expect((await absent.thumbnails(segment, [9000], 320, NEVER))[0]?.jpeg).toEqual(kept);
    await expect(absent.thumbnails(segment, [0], 320, NEVER)).rejects.toMatchObject({ code: "ffmpeg_missing" });
  });

  it("that were made of another stream stand for their ten seconds, at the time they were filmed", async () => {
    const segment = await segmentOf({ seconds: 25 });
    const kept = Buffer.from("a picture of the other stream");
    await addThumbnails(segment.thumbnailsPath, [{ offsetTicks: 18 * 10_240, jpeg: kept }]);
    const found = await pictures.thumbnails(segment, [1000, 11_000, 17_000], 320, NEVER);
    expect(found.map(({ offsetMs }) => offsetMs)).toEqual([0, 18_000]);
    expect(found[1]?.jpeg).toEqual(kept);
    const [alone] = await pictures.thumbnails(segment, [18_000], 320, NEVER);
    expect(alone).toEqual({ jpeg: kept, offsetMs: 18_000 });
  });

  it("that cannot be decoded are left out, and the others are right", async () => {
    const { closed, ends } = await madeSegment({ seconds: 31 });
    const path = join(folder, "damaged.mp4");
    await writeFile(path, closed);
    const { fragments } = await reader.index(path);
    expect(ends).toHaveLength(fragments.length + 1);
    const damaged = fragments.filter((fragment) => fragment.sync)[10];
    const from = (damaged?.offsetBytes ?? 0) + (damaged?.key?.offsetBytes ?? 0);
    closed.fill(0, from, from + (damaged?.key?.sizeBytes ?? 0));
    await writeFile(path, closed);
    const segment = { source: path, thumbnailsPath: join(folder, "damaged.thumbs") };
    const found = await pictures.thumbnails(segment, [0, 10_000, 20_000, 30_000], 320, NEVER);
    expect(found.map((picture) => picture.offsetMs)).toEqual([0, 20_000, 30_000]);
    const frames = await shownFrames((await segmentOf({ seconds: 31 })).source);
    expect(placeOf(await shown(found[1]?.jpeg ?? closed), frames)).toBe(200);
    await expect(pictures.thumbnails(segment, [10_000], 320, NEVER)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a frame", () => {
  it.each<[string, Scene]>([
    ["H.264", { seconds: 3 }],
    ["H.264 in another order than it is shown", { seconds: 3, bFrames: 3, gopFrames: 8 }],
    ["H.265", { seconds: 3, codec: "libx265" }],
  ])("(%s) is exactly the one that is shown at a time, at its full size", async (_, scene) => {
    const segment = await segmentOf(scene);
    // Pairs of a time and the frame that is shown then; whole milliseconds of a time just before a frame mean that frame.
    const wanted = [
      [0, 0],
      [98, 0],
      [99, 1],
      [101, 1],
      [799, 8],
      [850, 8],
      [1050, 10],
      [1999, 20],
      [2950, 29],
      [9999, 29],
    ] as const;
    for (const [offsetMs, place] of wanted) {
      const { jpeg, offsetMs: filmedMs } = await pictures.frame(segment.source, offsetMs, NEVER);
      expect([offsetMs, placeOf(await shown(jpeg), segment.frames)]).toEqual([offsetMs, place]);
      expect(filmedMs).toBeCloseTo(place * FRAME_MS, 3);
      expect(await widthOf(jpeg)).toBe(160);
    }
  });
});
