import { copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Installation } from "../http/installation.contract.ts";
import { exportOf, instantAt, recordCamera, startExporting } from "../http/routes/exports/exporting.contract.ts";
import { verify } from "./verify.ts";

const folder = testFolder();
let installation: Installation;
let made: string;
let zip: Buffer;
let fingerprint: string;

beforeAll(async () => {
  installation = await startExporting();
  const { cameraId } = await recordCamera(installation, [{ scene: { seconds: 3 }, atSeconds: 0 }]);
  const one = await exportOf(installation, { camera_ids: [cameraId], start: instantAt(0), end: instantAt(3) });
  made = join(installation.deps.exports.folder, one.export_id);
  zip = (await installation.call({ url: one.zip_url ?? "" })).rawPayload;
  fingerprint = installation.deps.exports.publicKey.fingerprint;
});
afterAll(() => installation.close());

it("reads a folder on the disk and a ZIP alike from the command line", async () => {
  const said: string[] = [];
  const print = console.log;
  console.log = (text: string) => void said.push(text);
  try {
    const copy = join(folder, "copy");
    await mkdir(copy);
    for (const name of await readdir(made)) await copyFile(join(made, name), join(copy, name));
    expect(await verify({ path: copy, key: undefined, json: false })).toBe(0);
    expect(said.at(-1)).toMatch(/^Intact, signer not confirmed/);
    expect(await verify({ path: copy, key: fingerprint, json: false })).toBe(0);
    expect(said.at(-1)).toMatch(/^Intact, signed by the given key/);
    await writeFile(join(folder, "a.zip"), zip);
    expect(await verify({ path: join(folder, "a.zip"), key: fingerprint, json: true })).toBe(0);
    expect(JSON.parse(said.at(-1) ?? "")).toMatchObject({ intact: true, confirmed: true });
    const [video = ""] = (await readdir(copy)).filter((name) => name.endsWith(".mp4"));
    const handle = await open(join(copy, video), "r+");
    const { size } = await stat(join(copy, video));
    await handle.write(Buffer.from([1, 2, 3]), 0, 3, size >> 1);
    await handle.close();
    expect(await verify({ path: copy, key: undefined, json: false })).toBe(1);
    expect(said.at(-1)).toContain(`${video} is altered`);
    await rm(join(copy, "verify.html"));
    await rename(join(copy, video), join(copy, "other.mp4"));
    expect(await verify({ path: copy, key: undefined, json: false })).toBe(1);
    expect(said.at(-1)).toContain("other.mp4 was added");
    await expect(verify({ path: join(folder, "nothing"), key: undefined, json: false })).rejects.toMatchObject({
      code: "not_found",
    });
  } finally {
    console.log = print;
  }
});
