// The server is updated while its workers record: those of the earlier version are replaced.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Camera } from "@nightjar/api/camera";
import { expect, test } from "@playwright/test";
import { accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  endRecording,
  listSegments,
  segmentPath,
  waitForFootage,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { freePort, type Nightjar, runNightjar, startNightjar } from "../../harness/nightjar.ts";
import { otherVersion } from "../../harness/other-version.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene, type Scene } from "../../rig/scene.ts";

const SEGMENT_SECONDS = 10;
/** A connection takes about a second, and the next key frame comes within one; the rest is for a loaded machine. */
const SHORTEST_GAP_MS = 6000;
/** A hole that is no longer is not told: it may be rounding. */
const TOLERATED_HOLE_MS = 200;

let scene: Scene;
let rig: RigCamera[] = [];
let folder: string;
let dataFolder: string;
let nightjar: Nightjar;
/** Allows two connections; only one. */
let cameras: Camera[] = [];

test.beforeAll(async () => {
  scene = await makeSmallScene();
  rig = await startCameras([{ scene }, { scene, sessions: 1 }]);
  folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-version-"));
  dataFolder = join(folder, "data");
  const port = await freePort();
  const program = await otherVersion(join(folder, "earlier"), "0.0.1");
  nightjar = await startNightjar({ dataFolder, port, program });
  const settings = { recording: { segment_seconds: SEGMENT_SECONDS } };
  cameras = await Promise.all(rig.map(({ url }) => addCamera(nightjar, url, settings)));
  const earlier = await Promise.all(cameras.map((camera) => waitUntilRecording(nightjar, camera.id)));
  await Promise.all(cameras.map((camera) => waitForFootage(nightjar, camera.id, 2)));
  await nightjar.kill();
  nightjar = await startNightjar({ dataFolder, port });
  for (const [i, camera] of cameras.entries()) {
    const pid = earlier[i]?.worker?.pid;
    const isReplaced = (status: { recording: boolean; worker: { pid: number | null } | null }) =>
      status.recording && status.worker !== null && status.worker.pid !== null && status.worker.pid !== pid;
    const status = await waitForStatus(nightjar, camera.id, "to have another worker", isReplaced, 60_000);
    expect(status.worker).toMatchObject({ restarts: 0 });
  }
  await Promise.all(cameras.map(waitForSecondRun));
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
  await rm(folder, { recursive: true, force: true });
});

/** Waits until there are some seconds of another connection's footage. */
async function waitForSecondRun({ id }: Camera): Promise<void> {
  const probe = async () => {
    const segments = await listSegments(nightjar, id);
    const newest = segments.filter((one) => one.run_id === segments.at(-1)?.run_id);
    return newest.length < segments.length && newest.some((one) => one.duration_seconds > 2);
  };
  await waitFor(`two connections to camera ${id}`, probe, { withinMs: 3 * SEGMENT_SECONDS * 1000, everyMs: 250 });
}

function cameraAt(index: number): Camera {
  const camera = cameras[index];
  if (camera === undefined) throw new Error(`There is no camera ${index}.`);
  return camera;
}

/** Segments of each connection to a camera that was recorded, all closed. */
async function runsOf(camera: Camera) {
  const runs = new Map<string, Awaited<ReturnType<typeof endRecording>>>();
  for (const segment of await endRecording(nightjar, camera.id))
    runs.set(segment.run_id, [...(runs.get(segment.run_id) ?? []), segment]);
  return [...runs.values()];
}

async function marksOf(segments: Awaited<ReturnType<typeof endRecording>>) {
  const marks = [];
  for (const segment of segments) marks.push(...(await readFrameMarks(segmentPath(dataFolder, segment))));
  return marks;
}

test("a worker of an earlier version is replaced without a gap: not one frame is missing or twice", async () => {
  const camera = cameraAt(0);
  const account = await accountOf(nightjar, camera);
  const said = describeAccount(account);
  expect(accountingFaults(account, camera), said).toEqual([]);
  expect(
    account.map((span) => span.isFootage),
    said,
  ).toEqual([false, true]);
  const runs = await runsOf(camera);
  expect(runs.length).toBe(2);
  const segments = runs.flat();
  for (const [i, one] of segments.entries()) if (i > 0) expect(one.start).toBe(segments[i - 1]?.end);
  expect(findFrameFaults(await marksOf(segments), scene).places).toEqual([]);
});

test("where the camera allows one connection only, the gap is as short as it can be, and told as what it is", async () => {
  const camera = cameraAt(1);
  const [first = [], second = [], ...more] = await runsOf(camera);
  expect(more).toEqual([]);
  const holeMs = Date.parse(second[0]?.start ?? "") - Date.parse(first.at(-1)?.end ?? "");
  expect(holeMs).toBeLessThan(SHORTEST_GAP_MS);
  const account = await accountOf(nightjar, camera);
  const said = describeAccount(account);
  expect(accountingFaults(account, camera), said).toEqual([]);
  // The next key frame may have come at once.
  const told = holeMs > TOLERATED_HOLE_MS ? ["restarted", "continuous"] : [];
  const spans = account.map((span) => span.what);
  expect(spans.slice(0, 2 + told.length), said).toEqual(["restarted", "continuous", ...told]);
  for (const run of [first, second]) expect(findFrameFaults(await marksOf(run), scene).places).toEqual([]);
  const { code, output } = await runNightjar(dataFolder, "check", "--deep");
  expect(code, output).toBe(0);
});
