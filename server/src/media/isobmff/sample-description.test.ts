import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "../../base/test-folder.contract.ts";
import { fragmentedMp4, readStream, runProgram } from "../made-footage.contract.ts";
import { MalformedMedia } from "../malformed-media.ts";
import { trakBoxes } from "./init-segment.ts";
import { describedAnew } from "./sample-description.ts";

const folder = testFolder();

it("players are told the size and the shape of the pixels; the sound stays as it is", async () => {
  const { init, fragments } = readStream(await fragmentedMp4({ seconds: 1, sound: true }));
  const { id, decoderConfig: config } = init.video;
  const pixelAspect = { width: 4, height: 3 };
  const moov = describedAnew(init.moov, id, { configBox: "avcC", config, width: 160, height: 120, pixelAspect });
  const path = join(folder, "wide.mp4");
  await writeFile(path, Buffer.concat([init.ftyp, moov, ...fragments.flatMap((part) => [part.moof, ...part.mdat])]));
  const entries = [
    "-select_streams",
    "v",
    "-show_entries",
    "stream=width,height,sample_aspect_ratio",
    "-of",
    "csv=p=0",
  ];
  const said = await runProgram("ffprobe", ["-v", "warning", ...entries, path]);
  expect(said.toString().trim()).toBe("160,120,4:3");
  await runProgram("ffmpeg", ["-v", "warning", "-i", path, "-f", "null", "-"]);

  // Described as it was, with square pixels: only what has no place in the new description is gone.
  const same = describedAnew(init.moov, id, { configBox: "avcC", config, width: 160, height: 120, pixelAspect: null });
  const tkhd = (box: Buffer) => box.subarray(box.indexOf("tkhd"), box.indexOf("mdia") - 4);
  const [before, after] = [trakBoxes(init.moov), trakBoxes(same)];
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [track, bytes] of before) {
    if (track === id) expect(tkhd(after.get(track) ?? Buffer.alloc(0))).toEqual(tkhd(bytes));
    else expect(after.get(track)).toEqual(bytes);
  }
});

it("what is no moov is refused", () => {
  const description = { configBox: "avcC", config: Buffer.alloc(0), width: 1, height: 1, pixelAspect: null } as const;
  expect(() => describedAnew(Buffer.alloc(0), 1, description)).toThrow(MalformedMedia);
});
