import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../../base/eventually.contract.ts";
import type { Manifest } from "../../../evidence/manifest.ts";
import { verifyFiles } from "../../../evidence/verify-export.js";
import { ChainSigner } from "../../../export/chain-signer.ts";
import { recordedRun } from "../../../export/recorded-run.contract.ts";
import type { Installation } from "../../installation.contract.ts";
import {
  exportedPath,
  exportOf,
  instantAt,
  type Recording,
  recordCamera,
  START_MS,
  startExporting,
} from "./exporting.contract.ts";

let installation: Installation;
let recording: Recording;
let signer: ChainSigner;
beforeAll(async () => {
  installation = await startExporting();
  recording = await recordCamera(installation, [
    { scene: { seconds: 4, sound: true }, atSeconds: 0, cutAfterSeconds: [2] },
  ]);
  signer = new ChainSigner(installation.exportDeps);
});
afterAll(async () => {
  await signer.close();
  await installation.close();
});

async function camera() {
  const found = await installation.deps.catalog.tenant(1).cameras.get(recording.cameraId);
  if (found === undefined) throw new Error("no camera");
  return found;
}

const signed = async () =>
  installation.deps.catalog.chainSignatures(await camera()).within({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER });

async function verdict() {
  const span = { start: instantAt(0), end: instantAt(4) };
  const made = await exportOf(installation, { camera_ids: [recording.cameraId], ...span });
  const names = [...made.files.map((file) => file.name), "manifest.json", "verify.html"];
  const bytes = await Promise.all(names.map((name) => readFile(exportedPath(installation, made, name))));
  const manifest = JSON.parse((bytes.at(-2) ?? "").toString()) as Manifest;
  const readable = bytes.map((one) => ({
    sizeBytes: one.length,
    read: async (from: number, to: number) => one.subarray(from, to),
  }));
  const files = new Map(
    names.map((name, i) => [name, readable[i] ?? { sizeBytes: 0, read: async () => Buffer.alloc(0) }]),
  );
  return { manifest, ...(await verifyFiles(files)) };
}

it("the newest value of a camera's chain is signed each hour, once, and an export tells it", async () => {
  signer.start();
  await eventually(async () => expect(await signed()).toHaveLength(1));
  expect(await signed()).toMatchObject([
    { chain: recording.segments[1]?.chain, signedAtMs: installation.clock.nowMs() },
  ]);
  const { manifest, intact, notes } = await verdict();
  expect(intact).toBe(true);
  const [first, second] = manifest.cameras[0]?.segments ?? [];
  expect([first?.signed, second?.signed?.chain]).toEqual([null, second?.chain?.value]);
  expect(notes).toEqual([
    `Segment ${second?.name} of camera ${recording.cameraId} existed at ${second?.signed?.at}: it was signed then.`,
  ]);
});

it("footage that was replaced after its place in the chain was signed is named, though all its own values fit", async () => {
  const [first, last] = recording.segments;
  const { uuid } = await camera();
  const [other] = await recordedRun({
    ...{ scene: { seconds: 2 }, cameraId: recording.cameraId, cameraUuid: uuid, cutAfterSeconds: [] },
    startMs: START_MS + 2000,
    previousChain: first?.chain ?? "",
  });
  const { items } = await installation.deps.catalog.segments(await camera()).list({}, { limit: 10 });
  const path = installation.path(recording.cameraId, items[1]?.name ?? "");
  await writeFile(path, other?.bytes ?? "");
  const { intact, problems } = await verdict();
  await writeFile(path, last?.bytes ?? "");
  expect(intact).toBe(false);
  expect(problems).toEqual([expect.stringContaining(`${items[1]?.name} of camera ${recording.cameraId} was replaced`)]);
});

it("an hour later only what is new is signed, and what was signed of deleted footage is forgotten", async () => {
  installation.clock.advance(3_600_000);
  await signer.close();
  expect(await signed()).toHaveLength(1);
  const signatures = installation.deps.catalog.chainSignatures(await camera());
  await signatures.removeBefore(START_MS + 60_000);
  expect(await signed()).toEqual([]);
});
