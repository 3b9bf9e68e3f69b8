import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cameraRoutes } from "@nightjar/api/routes";
import { addCamera, endRecording, listSegments, segmentPath, waitUntilRecording } from "../e2e/harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import type { ProcessInfo } from "../e2e/harness/processes.ts";
import { waitFor } from "../e2e/harness/wait.ts";
import { frameDueMs, type RigCamera, startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import { readFrameMarks } from "../e2e/rig/footage.ts";
import { makeScene } from "../e2e/rig/scene.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { makeLargeCatalog } from "./large-catalog.ts";
import { cpuSeconds } from "./processes.ts";

const SEGMENTS = 10_000_000;
const SERVER_STARTS = 7;
const SERVER_BUDGET_SECONDS = 1;
const WORKER_STARTS = 10;
const WORKER_BUDGET_SECONDS = 3;
const FPS = 20;
const GOP_SECONDS = 2;
const SCENE = { id: 4, codec: "h264", width: 320, height: 184, fps: FPS, audio: "none", seconds: 120 } as const;
/** Linux tells a process's start in hundredths of a second since the machine's (`getconf CLK_TCK`). */
const TICK_MS = 10;

export const start: Benchmark = {
  name: "start",
  about: `From the server's start until it answers with ${SEGMENTS / 1e6} million segments in SQLite, and from a worker's to its first recorded frame, key frames every ${GOP_SECONDS} s.`,
  async run(report) {
    return [...(await serverStarts(report)), await workerStarts(report)];
  },
};

/** The empty catalog in turns with the full one: what is the program's own start is seen beside what the catalog adds. */
async function serverStarts(report: (text: string) => void): Promise<Measurement[]> {
  const large = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
  const empty = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
  try {
    report(`filling a catalog with ${SEGMENTS} segments`);
    const segments = await makeLargeCatalog(large, SEGMENTS);
    await (await startNightjar({ dataFolder: empty })).stop();
    report(`starting the server ${SERVER_STARTS} times with ${segments} segments, in turns with an empty catalog`);
    const [withLarge, withEmpty]: [ServerStart[], ServerStart[]] = [[], []];
    for (let i = 0; i < SERVER_STARTS; i++) {
      withLarge.push(await startServer(large));
      withEmpty.push(await startServer(empty));
    }
    return [
      ...serverRows(`${segments} segments`, withLarge, SERVER_BUDGET_SECONDS),
      ...serverRows("empty catalog", withEmpty, null),
    ];
  } finally {
    for (const folder of [large, empty]) await rm(folder, { recursive: true, force: true });
  }
}

interface ServerStart {
  readonly readySeconds: number;
  /** What it took of a core until then: the same on a machine that has something else to do, too. */
  readonly cpuSeconds: number;
}

async function startServer(dataFolder: string): Promise<ServerStart> {
  // There is an administrator; signing in would count.
  const nightjar = await startNightjar({ dataFolder, withAdmin: false });
  try {
    return { readySeconds: nightjar.readyAfterMs / 1000, cpuSeconds: cpuSeconds(nightjar.processes()).server };
  } finally {
    await nightjar.stop();
  }
}

function serverRows(catalog: string, starts: readonly ServerStart[], budget: number | null): Measurement[] {
  const row = (what: string, values: number[], limit: number | null): Measurement => ({
    what: `serve, ${catalog}: ${what}`,
    unit: "s",
    values,
    budget: limit,
  });
  return [
    row(
      "until it answers",
      starts.map((one) => one.readySeconds),
      budget,
    ),
    row(
      "CPU until then",
      starts.map((one) => one.cpuSeconds),
      null,
    ),
  ];
}

async function workerStarts(report: (text: string) => void): Promise<Measurement> {
  const rig = await startCameras([{ scene: await makeScene({ ...SCENE, gopFrames: GOP_SECONDS * FPS }) }]);
  const nightjar = await startNightjar();
  try {
    const { id } = await addCamera(nightjar, rig[0]?.url ?? "", { enabled: false });
    report(`starting a worker ${WORKER_STARTS} times`);
    const values: number[] = [];
    for (let i = 0; i < WORKER_STARTS; i++) {
      // Anywhere between two key frames.
      await delay(Math.random() * GOP_SECONDS * 1000);
      for (const camera of rig) values.push(await firstFrameSeconds(nightjar, id, camera));
    }
    const what = "a worker's start to its first recorded frame";
    return { what, unit: "s", values, budget: WORKER_BUDGET_SECONDS };
  } finally {
    await nightjar.stop();
    await stopCameras(rig);
  }
}

/** From the start of the worker's process to when its first recorded frame was due, by the number in the picture. */
async function firstFrameSeconds(nightjar: Nightjar, cameraId: number, camera: RigCamera): Promise<number> {
  const earlier = (await listSegments(nightjar, cameraId)).length;
  await nightjar.client(cameraRoutes.update, { params: { id: cameraId }, body: { enabled: true } });
  const { worker } = await waitUntilRecording(nightjar, cameraId);
  const running = nightjar.processes().find(({ pid }) => pid === worker?.pid);
  if (running === undefined) throw new Error(`The worker of camera ${cameraId} is not running.`);
  const startedMs = startOf(running);
  const someFootage = async () => ((await listSegments(nightjar, cameraId))[earlier]?.duration_seconds ?? 0) > 1;
  await waitFor("a second of footage", someFootage, { withinMs: 30_000 });
  const segment = (await endRecording(nightjar, cameraId))[earlier];
  if (segment === undefined) throw new Error(`Camera ${cameraId} has no new segment.`);
  const [mark] = await readFrameMarks(segmentPath(nightjar.dataFolder, segment));
  if (mark == null) throw new Error(`The first frame of ${segment.name} shows no number.`);
  return (frameDueMs(camera, mark.number, Date.parse(segment.start)) - startedMs) / 1000;
}

/** Wall time, to a few hundredths of a second. */
function startOf({ startTicks }: ProcessInfo): number {
  const upMs = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000;
  return Date.now() - (upMs - Number(startTicks) * TICK_MS);
}
