// The server comes and goes; the workers go on. By SIGHUP, and by `kill -9` with a new server on the same data folder.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Camera } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  endRecording,
  segmentPath,
  waitForFootage,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { freePort, type Nightjar, runNightjar, startNightjar } from "../../harness/nightjar.ts";
import { type ProcessInfo, stillRunning } from "../../harness/processes.ts";
import { waitFor } from "../../harness/wait.ts";
import { topLevelBoxes } from "../../rig/boxes.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene, type Scene } from "../../rig/scene.ts";

const CAMERAS = 4;
/** So short that one camera or another closes a file every few seconds, and somewhere the server is away then. */
const SEGMENT_SECONDS = 10;

/**
 * `hang-up`: SIGHUP. `away`: killed, and started again when a camera has begun a new file meanwhile. `at once`: killed and started again.
 * `twice`: the new one is killed as soon as it answers, while it looks for its workers.
 */
const RESTARTS = [
  ...["hang-up", "away", "at once", "hang-up", "twice"],
  ...["away", "hang-up", "at once", "away", "hang-up"],
] as const;

let scene: Scene;
let rig: RigCamera[] = [];
let dataFolder: string;
let port: number;
let nightjar: Nightjar;

test.beforeAll(async () => {
  scene = await makeSmallScene();
  rig = await startCameras(Array.from({ length: CAMERAS }, () => ({ scene })));
  dataFolder = await mkdtemp(join(tmpdir(), "nightjar-e2e-"));
  port = await freePort();
  await startServer();
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
  await rm(dataFolder, { recursive: true, force: true });
});

async function startServer(): Promise<void> {
  nightjar = await startNightjar({ dataFolder, port });
}

function add(url: string | undefined): Promise<Camera> {
  return addCamera(nightjar, url ?? "", { recording: { segment_seconds: SEGMENT_SECONDS } });
}

function cameraFolder({ id }: Camera): string {
  return join(dataFolder, "recordings", String(id));
}

async function segmentFiles(cameras: readonly Camera[]): Promise<string[]> {
  const names = await Promise.all(cameras.map((camera) => readdir(cameraFolder(camera))));
  return names.flat().filter((name) => name.endsWith(".mp4"));
}

async function restart(how: (typeof RESTARTS)[number], cameras: readonly Camera[]): Promise<void> {
  if (how === "hang-up") return nightjar.restart();
  await nightjar.kill();
  if (how === "away") {
    const before = (await segmentFiles(cameras)).length;
    const isNew = async () => (await segmentFiles(cameras)).length > before;
    await waitFor("a new file", isNew, { withinMs: 3 * SEGMENT_SECONDS * 1000, everyMs: 50 });
  }
  await startServer();
  if (how !== "twice") return;
  await nightjar.kill();
  await startServer();
}

/** All that runs for the cameras: workers and their ffmpeg. */
function workers(): ProcessInfo[] {
  return nightjar.processes().filter((one) => /--settings|ffmpeg/.test(one.arguments));
}

/** Waits until the server has found the worker again, and knows from it that it records or does not. */
async function found(camera: Camera, pid: number | undefined, recording: boolean): Promise<void> {
  const isFound = (status: { worker: { pid: number | null; restarts: number } | null; recording: boolean }) =>
    status.worker?.pid === pid && status.worker?.restarts === 0 && status.recording === recording;
  await waitForStatus(nightjar, camera.id, `with worker ${pid}, ${recording ? "" : "not "}recording`, isFound, 30_000);
}

async function workerPid(camera: Camera): Promise<number> {
  const { worker } = await waitUntilRecording(nightjar, camera.id);
  return worker?.pid ?? 0;
}

async function expectCleanCheck(): Promise<void> {
  const { code, output } = await runNightjar(dataFolder, "check", "--deep");
  expect(code, output).toBe(0);
}

/** Since its first picture the camera was recorded without a hole, and rows, files and frames agree. */
async function expectRecordedOnce(camera: Camera): Promise<void> {
  const account = await accountOf(nightjar, camera);
  const said = describeAccount(account);
  expect(accountingFaults(account, camera), said).toEqual([]);
  expect(
    account.map((span) => span.isFootage),
    said,
  ).toEqual([false, true]);
  const segments = await endRecording(nightjar, camera.id);
  expect(segments.map((one) => one.name).sort()).toEqual((await segmentFiles([camera])).sort());
  expect(segments.length).toBeGreaterThan(2);
  expect(new Set(segments.map((one) => one.run_id)).size).toBe(1);
  expect(segments.every((one) => one.state === "closed")).toBe(true);
  for (const [i, one] of segments.entries()) if (i > 0) expect(one.start).toBe(segments[i - 1]?.end);
  const marks = [];
  for (const segment of segments) marks.push(...(await readFrameMarks(segmentPath(dataFolder, segment))));
  expect(findFrameFaults(marks, scene).places).toEqual([]);
  const seconds = segments.reduce((sum, one) => sum + one.duration_seconds, 0);
  expect(Math.abs(marks.length - seconds * scene.fps)).toBeLessThan(1.5);
}

test("the server restarts ten times, and of four cameras not one frame is missing or twice; what was recorded meanwhile is told once", async () => {
  const cameras: Camera[] = [];
  for (const { url } of rig) cameras.push(await add(url));
  const pids = await Promise.all(cameras.map(workerPid));
  await Promise.all(cameras.map((camera) => waitForFootage(nightjar, camera.id, 2)));
  const before = workers();
  expect(before.length).toBe(2 * CAMERAS);
  for (const how of RESTARTS) {
    await restart(how, cameras);
    await Promise.all(cameras.map((camera, i) => found(camera, pids[i], true)));
  }
  expect(workers().map((one) => one.pid)).toEqual(before.map((one) => one.pid));
  await expectCleanCheck();

  await Promise.all(cameras.map(expectRecordedOnce));
});

test("settings changed and cameras removed just before the server dies, or as it comes back, are applied when it is back", async () => {
  const url = rig[0]?.url;
  const [changed, removed, removedLater] = [await add(url), await add(url), await add(url)];
  const [pid = 0, ...removedPids] = await Promise.all([changed, removed, removedLater].map(workerPid));
  for (const camera of [changed, removed, removedLater]) await waitForFootage(nightjar, camera.id, 2);
  const endsSoon = workers().filter((one) => removedPids.includes(one.pid));
  expect(endsSoon.length).toBe(2);
  const setMode = (mode: "disabled" | "continuous") =>
    nightjar.client(cameraRoutes.update, { params: { id: changed.id }, body: { recording: { mode } } });

  const remove = ({ id }: Camera) => nightjar.client(cameraRoutes.remove, { params: { id }, query: {} });

  await Promise.all([setMode("disabled"), remove(removed)]);
  await nightjar.kill();
  await startServer();
  await remove(removedLater);
  await found(changed, pid, false);
  await waitFor("the workers of removed cameras to end", () => stillRunning(endsSoon).length === 0, {
    withinMs: 20_000,
    onTimeout: nightjar.logText,
  });
  for (const camera of [removed, removedLater]) {
    expect((await segmentFiles([camera])).length).toBeGreaterThan(0);
    for (const name of await segmentFiles([camera])) {
      const boxes = await topLevelBoxes(join(cameraFolder(camera), name));
      expect(boxes.slice(0, 3).map((box) => box.type)).toEqual(["ftyp", "mdat", "moov"]);
    }
  }

  // Footage ends and begins with whole GOPs: after less than one there would be no gap.
  const { gopFrames, fps } = scene;
  const sinceMs = Date.now();
  const passed = () => Date.now() - sinceMs > (2 * gopFrames * 1000) / fps;
  await waitFor("two GOPs to be left out", passed, { withinMs: 20_000 });
  await setMode("continuous");
  await nightjar.kill();
  await startServer();
  await found(changed, pid, true);
  await expectCleanCheck();
  // What happened is told when it is known for certain, some seconds later.
  const probe = async () => {
    const spans = await accountOf(nightjar, changed);
    return spans.length >= 3 ? spans : undefined;
  };
  const account = await waitFor("the change to be accounted for", probe, { withinMs: 30_000, everyMs: 500 });
  const said = describeAccount(account);
  expect(accountingFaults(account, changed), said).toEqual([]);
  expect(account.map((span) => span.what).slice(0, 3), said).toEqual(["restarted", "continuous", "mode_disabled"]);
  expect((await endRecording(nightjar, changed.id)).length).toBeGreaterThanOrEqual(2);
});
