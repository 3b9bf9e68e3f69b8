import { rm, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { loadSettings } from "../config/load-settings.ts";
import { dataPaths } from "../config/settings.ts";
import { healthChecks } from "./health-checks.ts";

const data = testFolder();
const paths = dataPaths(data);

/** By name: does it hold, and is nothing possible without it? */
async function answers(options: Readonly<Record<string, unknown>> = {}) {
  const settings = loadSettings({ options, env: {}, defaultData: data });
  const told = healthChecks(settings, paths).map(async ({ name, essential, check }) => {
    const { ok, detail } = await check();
    expect(detail).not.toContain(data);
    return [name, { ok, essential }] as const;
  });
  return Object.fromEntries(await Promise.all(told));
}

it("misses storage that cannot be written, without which nothing works, and ffmpeg, without which the rest does", async () => {
  expect(await answers()).toEqual({ storage: { ok: true, essential: true }, ffmpeg: { ok: true, essential: false } });
  await rm(paths.recordings, { recursive: true });
  // As root a folder's mode keeps nobody from writing; a file in the folder's place does.
  await writeFile(paths.recordings, "");
  expect(await answers({ ffmpeg: "/no/such/ffmpeg" })).toEqual({
    storage: { ok: false, essential: true },
    ffmpeg: { ok: false, essential: false },
  });
});
