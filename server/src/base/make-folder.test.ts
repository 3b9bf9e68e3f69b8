import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";
import { testFolder } from "./test-folder.contract.ts";

const folder = testFolder();

it("makes a folder with all above it, twice without an error", async () => {
  const path = join(folder, "a", "b", "c");
  await makeFolder(path, 0o700);
  await makeFolder(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

it("makes the folders of many that begin one shortly after the other, below one that none of them finds there", async () => {
  for (let round = 0; round < 50; round += 1) {
    const paths = Array.from({ length: 20 }, (_, i) => join(folder, `round-${round}`, "workers", `1-${i}`));
    const making: Promise<void>[] = [];
    for (const path of paths) {
      making.push(makeFolder(path));
      await new Promise(setImmediate);
    }
    await Promise.all(making);
    for (const path of paths) expect((await stat(path)).isDirectory()).toBe(true);
  }
});

it("ends with the system's error where a file stands in the way or a file system makes no folders", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(makeFolder(join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(folder, "file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeFolder("/proc/no-such/folder")).rejects.toMatchObject({ code: "ENOENT" });
});
