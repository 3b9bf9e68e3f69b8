import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { stackJpegs } from "./jpeg-stack.ts";
import { runProgram } from "./made-footage.contract.ts";
import { MalformedMedia } from "./malformed-media.ts";

const folder = testFolder();
const HOW = ["-q:v", "5", "-huffman", "default", "-threads", "1", "-pix_fmt", "yuvj420p"];

async function jpegs(count: number, size = "320x180"): Promise<Buffer[]> {
  const source = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=1`, "-frames:v", "1"];
  return Promise.all(
    Array.from({ length: count }, (_, second) =>
      runProgram("ffmpeg", ["-v", "error", ...source, "-vf", `hue=h=${second * 20}`, ...HOW, "-f", "mjpeg", "pipe:1"]),
    ),
  );
}

/** The grey of every pixel of a part of a picture. */
async function grey(jpeg: Buffer, height: number, top: number): Promise<Buffer> {
  const path = join(folder, "picture.jpg");
  await writeFile(path, jpeg);
  const crop = `crop=320:${height}:0:${top}:exact=1,format=gray`;
  return runProgram("ffmpeg", ["-v", "fatal", "-i", path, "-vf", crop, "-f", "rawvideo", "pipe:1"]);
}

it("pictures below one another decode to just what each alone decodes to, also where restart markers begin anew", async () => {
  const pictures = await jpegs(10);
  const { jpeg, tileWidth, tileHeight, tileStep, taken } = stackJpegs(pictures);
  expect({ tileWidth, tileHeight, tileStep }).toEqual({ tileWidth: 320, tileHeight: 180, tileStep: 192 });
  expect(taken).toEqual([...pictures.keys()]);
  for (const [number, picture] of pictures.entries())
    expect(await grey(jpeg, 180, number * tileStep)).toEqual(await grey(picture, 180, 0));
});

it("pictures of another size than the first are left out", async () => {
  const [one, other] = [await jpegs(2), await jpegs(1, "320x240")];
  expect(stackJpegs([...one, ...other, ...one]).taken).toEqual([0, 1, 3, 4]);
});

it("what is no baseline JPEG is refused, wherever it ends", async () => {
  const [picture = Buffer.alloc(0)] = await jpegs(1);
  for (let length = 0; length < 700; length += 1)
    expect(() => stackJpegs([picture.subarray(0, length)])).toThrow(MalformedMedia);
  expect(() => stackJpegs([])).toThrow(MalformedMedia);
});
