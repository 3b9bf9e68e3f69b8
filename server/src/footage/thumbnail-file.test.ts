import { mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { addThumbnails, readThumbnails, removeStrayThumbnails, thumbnailFile } from "./thumbnail-file.ts";

const folder = testFolder();
const NAME = "2026-04-09_14-30-00.mp4";
const picture = (fill: number, sizeBytes: number) => ({
  offsetTicks: fill * 1000,
  jpeg: Buffer.alloc(sizeBytes, fill),
});

it("are read back as they were added, up to one that a crash has torn", async () => {
  const path = thumbnailFile(join(folder, "12"), NAME);
  expect(await readThumbnails(path)).toEqual(new Map());
  const all = [picture(1, 5000), picture(2, 10), picture(3, 7000)];
  await addThumbnails(path, all.slice(0, 1));
  await addThumbnails(path, all.slice(1));
  for (const [keptBytes, kept] of [
    [12_046, 3],
    [12_045, 2],
    [5034, 2],
    [5033, 1],
    [7, 0],
  ] as const) {
    await truncate(path, keptBytes);
    const expected = all.slice(0, kept).map(({ offsetTicks, jpeg }) => [offsetTicks, jpeg]);
    expect([...(await readThumbnails(path))]).toEqual(expected);
  }
});

it("of segments that are gone are removed, unless the camera's folder is not there", async () => {
  const [thumbnails, segments] = [join(folder, "13"), join(folder, "recordings")];
  const other = "2026-04-09_14-40-00.mp4";
  for (const name of [NAME, other]) await addThumbnails(thumbnailFile(thumbnails, name), [picture(1, 10)]);
  await removeStrayThumbnails(thumbnails, segments);
  await mkdir(segments);
  await removeStrayThumbnails(thumbnails, segments);
  expect(await readdir(thumbnails)).toHaveLength(2);
  await writeFile(join(segments, "camera.json"), "{}");
  await writeFile(join(segments, other), "");
  await removeStrayThumbnails(thumbnails, segments);
  expect(await readdir(thumbnails)).toEqual(["2026-04-09_14-40-00.thumbs"]);
});
