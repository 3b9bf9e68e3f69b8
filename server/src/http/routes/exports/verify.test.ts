import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Manifest } from "../../../evidence/manifest.ts";
import { verifyFiles, verifyZip } from "../../../evidence/verify-export.js";
import type { Installation } from "../../installation.contract.ts";
import { exportOf, instantAt, recordCamera, startExporting } from "./exporting.contract.ts";

const CHANGES = 200;
let installation: Installation;
let made: string;
let zip: Buffer;
let fingerprint: string;

beforeAll(async () => {
  installation = await startExporting();
  const scene = { seconds: 4, sound: true };
  const { cameraId } = await recordCamera(installation, [
    { scene, atSeconds: 0, cutAfterSeconds: [2] },
    { scene, atSeconds: 24 },
  ]);
  const one = await exportOf(installation, { camera_ids: [cameraId], start: instantAt(0), end: instantAt(28) });
  made = join(installation.deps.exports.folder, one.export_id);
  zip = (await installation.call({ url: one.zip_url ?? "" })).rawPayload;
  fingerprint = installation.deps.exports.publicKey.fingerprint;
});
afterAll(() => installation.close());

const bytesOf = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  read: async (from: number, to: number) => bytes.subarray(from, to),
});

/** As the program has it: the one of the page is slow, and tested with the others. */
function newHash() {
  const hash = createHash("sha256");
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest("hex") };
}

async function contents(): Promise<Map<string, Buffer>> {
  const names = await readdir(made);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(made, name))] as const)));
}

const verdictOf = (files: ReadonlyMap<string, Uint8Array>, key?: string) =>
  verifyFiles(new Map([...files].map(([name, bytes]) => [name, bytesOf(bytes)])), key === undefined ? {} : { key });

it("finds an untouched export intact, and says whose key signed it", async () => {
  const files = await contents();
  expect(await verdictOf(files)).toMatchObject({
    intact: true,
    confirmed: false,
    signer: fingerprint,
    problems: [],
    notes: [],
  });
  const spaced = fingerprint.toUpperCase().replaceAll(/(..)/g, "$1:");
  expect(await verdictOf(files, spaced)).toMatchObject({ intact: true, confirmed: true });
  const stranger = await verdictOf(files, "0".repeat(64));
  expect(stranger).toMatchObject({ intact: false, confirmed: false });
  expect(stranger.problems[0]).toContain("signed by another key");
  expect(await verifyZip(bytesOf(zip), { key: fingerprint })).toMatchObject({
    intact: true,
    confirmed: true,
    problems: [],
  });
});

it(`finds each of ${CHANGES} single bytes that were changed anywhere, and names the file`, async () => {
  const files = await contents();
  const names = [...files.keys()];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      async (name, place, by) => {
        const changed = Buffer.from(files.get(name) ?? []);
        const at = Math.floor(place * changed.length);
        changed[at] = (changed[at] ?? 0) ^ by;
        const all = [...files].map(([one, bytes]) => [one, bytesOf(one === name ? changed : bytes)] as const);
        const { intact, problems } = await verifyFiles(new Map(all), { newHash });
        expect(intact).toBe(false);
        expect(problems.some((problem) => problem.includes(name))).toBe(true);
      },
    ),
    { numRuns: CHANGES },
  );
});

it(`finds each of ${CHANGES} single bytes that were changed anywhere in the ZIP`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      fc.boolean(),
      fc.integer({ min: 1, max: 255 }),
      async (place, nearEnd, by) => {
        const changed = Buffer.from(zip);
        // The list of contents at the end is small: it gets its share.
        const at = nearEnd ? zip.length - 1 - Math.floor(place * 400) : Math.floor(place * zip.length);
        changed[at] = (changed[at] ?? 0) ^ by;
        expect((await verifyZip(bytesOf(changed), { newHash })).intact).toBe(false);
      },
    ),
    { numRuns: CHANGES },
  );
});

it("says where in a file something was altered", async () => {
  const files = await contents();
  const video = [...files.keys()].find((name) => name.endsWith(".mp4")) ?? "";
  const changed = Buffer.from(files.get(video) ?? []);
  changed[7000] = (changed[7000] ?? 0) ^ 1;
  expect(changed.length).toBeLessThan(2 ** 20);
  expect((await verdictOf(new Map([...files, [video, changed]]))).problems).toEqual([
    `${video} is altered: something in the bytes 0 to ${changed.length - 1} is not what was exported.`,
  ]);
});

it("names files that are missing, added, cut or swapped", async () => {
  const files = await contents();
  const video = [...files.keys()].find((name) => name.endsWith(".mp4")) ?? "";
  const without = new Map(files);
  without.delete(video);
  expect((await verdictOf(without)).problems).toEqual([`${video} is missing.`]);
  expect((await verdictOf(new Map([...files, ["extra.txt", Buffer.from("x")]]))).problems).toEqual([
    "extra.txt was added: it is not part of the export.",
  ]);
  const short = (files.get(video) ?? Buffer.alloc(0)).subarray(1);
  expect((await verdictOf(new Map([...files, [video, short]]))).problems[0]).toContain(`${video} is altered: it has`);
  expect((await verdictOf(new Map())).problems).toEqual([
    "manifest.json is missing: without it nothing can be verified.",
  ]);
});

it("names segments that were altered, put in another order or signed anew by another key", async () => {
  const files = await contents();
  const manifest = JSON.parse((files.get("manifest.json") ?? "").toString()) as Manifest;
  const changed = async (change: (segments: Manifest["cameras"][number]["segments"]) => unknown) => {
    const [camera] = manifest.cameras;
    const other = { ...manifest, cameras: [{ ...camera, segments: change(camera?.segments ?? []) }] };
    const text = Buffer.from(`${JSON.stringify(other, null, 2)}\n`);
    return (await verdictOf(new Map([...files, ["manifest.json", text]]))).problems.join("\n");
  };
  expect(manifest.cameras[0]?.segments).toHaveLength(3);
  const [first] = manifest.cameras[0]?.segments ?? [];
  const altered = await changed((all) =>
    all.map((one, i) => (i === 0 ? { ...one, payload_sha256: "0".repeat(64) } : one)),
  );
  expect(altered).toContain(`Segment ${first?.name} of camera ${manifest.cameras[0]?.camera_id} is altered`);
  expect(await changed((all) => [...all].reverse())).toContain("does not stand in its order");
  expect(await changed((all) => all.slice(1))).toContain("its signature does not match");
});
