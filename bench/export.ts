import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { exportRoutes } from "@nightjar/api/routes";
import { addCamera, endRecording, listSegments, segmentPath, waitForFootage } from "../e2e/harness/footage-of.ts";
import { type Nightjar, runNightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import { startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import { PYTHON, runTool } from "../e2e/rig/tool.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { makeCameraScene } from "./camera-scene.ts";

const REPEAT = join(import.meta.dirname, "repeat-segment.py");
const SEGMENTS = 6;
const SEGMENT_SECONDS = 600;
const ROUNDS = 5;
const FILES_BUDGET = 2;
const READY_BUDGET = 3;
const LOOK_EVERY_MS = 5;
const READ_BYTES = 1024 * 1024;

export const exporting: Benchmark = {
  name: "export",
  about: `An export of an hour (${SEGMENTS} segments of 1080p25 at 2 Mbit/s) ÷ cp of the same segments, both synced, in turns.`,
  async run(report) {
    const kept = process.env.BENCH_FOOTAGE;
    const dataFolder = kept ?? mkdtempSync(join(tmpdir(), "nightjar-bench-"));
    try {
      const cameraId = (await cameraIn(dataFolder)) ?? (await hourOfFootage(dataFolder, report));
      const nightjar = await startNightjar({ dataFolder });
      try {
        return await measure(nightjar, cameraId, report);
      } finally {
        await nightjar.stop();
      }
    } finally {
      if (kept === undefined) await rm(dataFolder, { recursive: true, force: true });
    }
  },
};

/** The camera whose hour was recorded by an earlier run; null: none was. */
async function cameraIn(dataFolder: string): Promise<number | null> {
  const names = await readdir(join(dataFolder, "recordings")).catch(() => []);
  const folder = names.find((name) => /^\d+$/.test(name));
  return folder === undefined ? null : Number(folder);
}

/** One segment is recorded; the others are the same footage, told as what followed. Answers the camera. */
async function hourOfFootage(dataFolder: string, report: (text: string) => void): Promise<number> {
  report("making the scene");
  const rig = await startCameras([{ scene: await makeCameraScene("aac") }]);
  const nightjar = await startNightjar({ dataFolder });
  let recorded: string;
  let cameraId: number;
  try {
    report(`recording ${SEGMENT_SECONDS} s`);
    const recording = { segment_seconds: 3600 };
    const audio = { enabled: true, codec: "auto" } as const;
    cameraId = (await addCamera(nightjar, rig[0]?.url ?? "", { recording, audio })).id;
    await waitForFootage(nightjar, cameraId, SEGMENT_SECONDS);
    const [segment] = await endRecording(nightjar, cameraId);
    if (segment === undefined) throw new Error("Nothing was recorded.");
    recorded = segmentPath(dataFolder, segment);
  } finally {
    await nightjar.stop();
    await stopCameras(rig);
  }
  await runTool(PYTHON, [REPEAT, recorded, String(SEGMENTS - 1)]);
  const { code, output } = await runNightjar(dataFolder, "reindex");
  if (code !== 0) throw new Error(`The footage was not taken in: ${output}`);
  return cameraId;
}

interface Round {
  readonly copySeconds: number;
  /** What nothing that is hashed once can be below. */
  readonly hashSeconds: number;
  /** Until the file was whole and synced, and until the export was ready. */
  readonly filesSeconds: number;
  readonly readySeconds: number;
}

async function measure(nightjar: Nightjar, cameraId: number, report: (text: string) => void): Promise<Measurement[]> {
  const segments = await listSegments(nightjar, cameraId);
  const paths = segments.map((segment) => segmentPath(nightjar.dataFolder, segment));
  const sizeBytes = segments.reduce((sum, one) => sum + one.size_bytes, 0);
  const body = { camera_ids: [cameraId], start: segments[0]?.start ?? "", end: segments.at(-1)?.end ?? "" };
  const rounds: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    report(`round ${i + 1} of ${ROUNDS}: ${segments.length} segments, ${Math.round(sizeBytes / 1e6)} MB`);
    const copySeconds = await copied(paths, join(nightjar.dataFolder, "copy"));
    const hashSeconds = await hashed(paths);
    rounds.push({ copySeconds, hashSeconds, ...(await exported(nightjar, body)) });
  }
  const row = (what: string, of: (round: Round) => number, unit: string, budget: number | null): Measurement => ({
    ...{ what, unit, budget },
    values: rounds.map(of),
  });
  return [
    row("file written and synced ÷ cp", (one) => one.filesSeconds / one.copySeconds, "×", FILES_BUDGET),
    row("ready ÷ cp", (one) => one.readySeconds / one.copySeconds, "×", READY_BUDGET),
    row("SHA-256 of the segments, by itself ÷ cp", (one) => one.hashSeconds / one.copySeconds, "×", null),
    row("ready", (one) => one.readySeconds, "s", null),
    row("cp with sync", (one) => one.copySeconds, "s", null),
  ];
}

/** Copies and syncs; answers how long that took. */
async function copied(paths: readonly string[], folder: string): Promise<number> {
  await mkdir(folder);
  const startedMs = performance.now();
  for (const path of paths) {
    const copy = join(folder, basename(path));
    // Not a clone, where the file system could make one.
    await runTool("cp", ["--reflink=never", path, copy]);
    const handle = await open(copy, "r+");
    await handle.sync();
    await handle.close();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  await rm(folder, { recursive: true });
  return seconds;
}

/** Hashes the files; answers how long that took. */
async function hashed(paths: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const hash = createHash("sha256");
  for (const path of paths)
    for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES })) hash.update(bytes);
  hash.digest();
  return (performance.now() - startedMs) / 1000;
}

async function exported(nightjar: Nightjar, body: { camera_ids: number[]; start: string; end: string }) {
  const startedMs = performance.now();
  const started = await nightjar.client(exportRoutes.create, { body });
  if (!("export_id" in started)) throw new Error("No export was started.");
  const params = { id: started.export_id };
  const folder = join(nightjar.dataFolder, "exports", `${params.id}.part`);
  const between = join(folder, `cam${body.camera_ids[0]}`, "made.mp4");
  let wasBetween = false;
  let filesMs = 0;
  for (;;) {
    const isBetween = existsSync(between);
    if (wasBetween && !isBetween && filesMs === 0) filesMs = performance.now();
    wasBetween ||= isBetween;
    if (filesMs > 0 || !existsSync(folder)) {
      const made = await nightjar.client(exportRoutes.get, { params });
      if (made.status === "failed") throw new Error(made.error ?? "The export failed.");
      if (made.status === "ready") break;
    }
    await delay(LOOK_EVERY_MS);
  }
  const readyMs = performance.now();
  await nightjar.client(exportRoutes.remove, { params });
  return { filesSeconds: (filesMs - startedMs) / 1000, readySeconds: (readyMs - startedMs) / 1000 };
}
