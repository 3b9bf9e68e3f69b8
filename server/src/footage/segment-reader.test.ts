import { appendFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { packetsOf } from "../media/made-footage.contract.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { madeSegment } from "./made-segment.contract.ts";
import { SegmentReader } from "./segment-reader.ts";

const folder = testFolder();
const SCENE = { seconds: 3, sound: true, gopFrames: 8 };

async function fileOf(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, `${name}.mp4`);
  await writeFile(path, bytes);
  return path;
}

describe("the segment reader", () => {
  it("answers the same index from the tail of a closed file, from a scan of it, and from the open file", async () => {
    // A jump of the decode time, too, must be told alike.
    const jumping = (fragments: Fragment[]) => fragments.filter((_, index) => index !== 4);
    for (const change of [undefined, jumping]) {
      const { open, closed, tailBytes, ends } = await madeSegment(SCENE, change);
      const fromTail = await new SegmentReader().index(await fileOf("closed", closed));
      expect(fromTail.fragments.map((fragment) => fragment.offsetBytes)).toEqual(ends.slice(0, -1));
      expect(fromTail.codecs).toMatch(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
      const withoutTail = closed.subarray(0, closed.length - tailBytes);
      expect(await new SegmentReader().index(await fileOf("no-tail", withoutTail))).toEqual(fromTail);
      const damaged = Buffer.from(closed).fill(0xff, closed.length - 40);
      expect(await new SegmentReader().index(await fileOf("damaged-tail", damaged))).toEqual(fromTail);
      expect(await new SegmentReader().index(await fileOf("open", open))).toEqual(fromTail);
    }
  });

  it("follows an open file, fragment by fragment, never telling of one that is not whole", async () => {
    const { open, closed, ends } = await madeSegment(SCENE);
    const path = await fileOf("growing", open.subarray(0, ends[0]));
    const reader = new SegmentReader();
    expect((await reader.index(path)).fragments).toEqual([]);
    for (const [number, end] of ends.entries()) {
      if (number === 0) continue;
      const start = ends[number - 1] ?? 0;
      await appendFile(path, open.subarray(start, end - 3));
      expect((await reader.index(path)).fragments).toHaveLength(number - 1);
      await appendFile(path, open.subarray(end - 3, end));
      expect((await reader.index(path)).fragments).toHaveLength(number);
    }
    const followed = await reader.index(path);
    expect(followed).toEqual(await new SegmentReader().index(path));
    await writeFile(path, closed);
    expect(await reader.index(path)).toEqual(followed);
  });

  it("answers the same init segment open and closed, with which each group of pictures plays alone", async () => {
    const { open, closed } = await madeSegment(SCENE);
    const reader = new SegmentReader();
    const openPath = await fileOf("init-open", open);
    const init = await reader.init(openPath);
    expect(await reader.init(await fileOf("init-closed", closed))).toEqual(init);
    const { fragments } = await reader.index(openPath);
    const from = fragments.findLast((fragment) => fragment.sync);
    const group = await fileOf("group", Buffer.concat([init, open.subarray(from?.offsetBytes)]));
    const pictures = (await packetsOf(group)).filter((packet) => packet.kind === "video");
    expect(pictures.map((packet) => packet.flags[0])).toEqual(["K", "_", "_", "_", "_", "_"]);
  });

  it("points at the key frame in each fragment that begins with one", async () => {
    const { open } = await madeSegment({ seconds: 3, gopFrames: 8 });
    const { fragments } = await new SegmentReader().index(await fileOf("keys", open));
    expect(fragments.filter((fragment) => fragment.sync)).toHaveLength(4);
    const sizes = (await packetsOf(join(folder, "keys.mp4"))).filter((packet) => packet.flags.startsWith("K"));
    expect(fragments.flatMap((fragment) => fragment.key?.sizeBytes ?? [])).toEqual(sizes.map((packet) => packet.size));
    for (const { sync, key, offsetBytes, sizeBytes } of fragments) {
      expect(key !== null).toBe(sync);
      if (key === null) continue;
      const at = offsetBytes + key.offsetBytes;
      expect(key.offsetBytes + key.sizeBytes).toBeLessThanOrEqual(sizeBytes);
      // The length of its first NAL unit stands there, and it lies inside the sample.
      expect(open.readUInt32BE(at)).toBeLessThan(key.sizeBytes);
    }
  });

  it("refuses what is no segment, and tells a missing file by the system's error", async () => {
    const reader = new SegmentReader();
    const { open, payloadAt } = await madeSegment(SCENE);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(5000), Buffer.from("no segment"), open.subarray(0, payloadAt)]) {
      const path = await fileOf("foreign", bytes);
      await expect(reader.index(path)).rejects.toThrow(MalformedMedia);
      await expect(reader.init(path)).rejects.toThrow(MalformedMedia);
    }
    await expect(reader.index(join(folder, "missing.mp4"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("notices that a file has become another", async () => {
    const { open, ends } = await madeSegment(SCENE);
    const path = await fileOf("changed", open);
    const reader = new SegmentReader();
    expect((await reader.index(path)).fragments).toHaveLength(ends.length - 1);
    await truncate(path, ends[2]);
    expect((await reader.index(path)).fragments).toHaveLength(2);
  });
});
