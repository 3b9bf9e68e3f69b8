import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { dataPaths } from "../config/settings.ts";
import { diskUse } from "./disk-use.ts";
import { prepareDataFolder } from "./prepare-data-folder.ts";

const paths = dataPaths(join(testFolder(), "data"));

it("tells size and free space of each place, and of one that is not there that it is not known", async () => {
  await prepareDataFolder(paths);
  const ask = diskUse(paths, systemClock);
  const before = await ask();
  expect(before.map(({ name, path }) => [name, path])).toEqual([
    ["data", paths.root],
    ["recordings", paths.recordings],
    ["logs", paths.logs],
  ]);
  const logs = before[2];
  expect(logs?.sizeBytes).toBeGreaterThan(0);
  expect(logs?.freeBytes).toBeLessThanOrEqual(logs?.sizeBytes ?? 0);
  await rm(paths.logs, { recursive: true });
  expect((await ask())[2]).toEqual({ name: "logs", path: paths.logs, sizeBytes: null, freeBytes: null });
});
