// Modes, schedules and a person's wish take effect without touching the connection, and every second is accounted for.
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { cameraRoutes, recordingRoutes, scheduleRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { type AccountedSpan, accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  cameraStatus,
  endRecording,
  listSegments,
  segmentPath,
  waitForFootage,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { processTree } from "../../harness/processes.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene, type Scene } from "../../rig/scene.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const WHOLE_DAY = { start: "00:00", end: "24:00" } as const;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
let scene: Scene;
/** All that were made here: at the end each one's time is accounted for. */
const cameras: Camera[] = [];

test.beforeAll(async () => {
  scene = await makeSmallScene();
  rig = await startCameras([{ scene }, { scene }]);
  nightjar = await startNightjar();
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
});

async function add(name: string, recording: Parameters<typeof addCamera>[2] = {}, index = 0): Promise<Camera> {
  const camera = await addCamera(nightjar, rig[index]?.url ?? "", { name, ...recording });
  cameras.push(camera);
  return camera;
}

function change(camera: Camera, recording: Camera["recording"]): Promise<Camera> {
  return nightjar.client(cameraRoutes.update, { params: { id: camera.id }, body: { recording } });
}

function record(camera: Camera, body: { action: "start" | "stop" | "keep"; seconds?: number }) {
  return nightjar.client(cameraRoutes.record, { params: { id: camera.id }, body });
}

/** The ffmpeg that pulls a camera. */
async function puller(camera: Camera): Promise<number | undefined> {
  const { worker } = await cameraStatus(nightjar, camera.id);
  return processTree(worker?.pid ?? -1).find((one) => /ffmpeg/.test(one.arguments))?.pid;
}

function connected(camera: Camera): Promise<CameraStatus> {
  return waitForStatus(nightjar, camera.id, "to be connected", (status) => status.connection === "connected");
}

function idle(camera: Camera): Promise<CameraStatus> {
  return waitForStatus(nightjar, camera.id, "not to record", (status) => !status.recording);
}

/** So long that it cannot be the rest of a GOP. */
async function idleForAWhile(camera: Camera): Promise<void> {
  await idle(camera);
  const sinceMs = Date.now();
  await waitFor("a while", () => Date.now() - sinceMs > 3000, { withinMs: 20_000 });
}

/** Spans of footage from the first one on, by their kinds. */
function kinds(account: readonly AccountedSpan[]): string[] {
  return account.filter((span) => span.isFootage).map((span) => span.what);
}

test("a mode, a schedule and a changed schedule take effect at once, without another connection to the camera", async () => {
  const schedule = await nightjar.client(scheduleRoutes.create, {
    body: { name: "Always", windows: [{ days: [...DAYS], ...WHOLE_DAY, mode: "continuous" }] },
  });
  const camera = await add("Modes");
  await waitForFootage(nightjar, camera.id, 4);
  const ffmpeg = await puller(camera);
  expect(ffmpeg).toBeDefined();
  await change(camera, { mode: "disabled" });
  await idleForAWhile(camera);
  await change(camera, { mode: "scheduled", schedule_id: schedule.id });
  const status = await waitUntilRecording(nightjar, camera.id);
  expect(status.recording_kind).toBe("scheduled");
  await nightjar.client(scheduleRoutes.update, { params: { id: schedule.id }, body: { windows: [] } });
  await idleForAWhile(camera);
  await change(camera, { mode: "motion" });
  expect((await cameraStatus(nightjar, camera.id)).connection).toBe("connected");
  await change(camera, { mode: "continuous" });
  await waitUntilRecording(nightjar, camera.id);
  expect(await puller(camera)).toBe(ffmpeg);
  const sinceMs = Date.now();
  const told = async () =>
    (await accountOf(nightjar, camera)).some((one) => one.isFootage && one.endMs > sinceMs + 2000);
  await waitFor("new footage", told, { withinMs: 30_000, everyMs: 500 });
  const account = await accountOf(nightjar, camera);
  const said = describeAccount(account);
  expect(kinds(account), said).toEqual(["continuous", "scheduled", "continuous"]);
  const causes: readonly string[] = account.filter((span) => !span.wanted).map((span) => span.what);
  expect(causes, said).toContain("mode_disabled");
  expect(causes, said).toContain("outside_schedule");
  expect(new Set((await listSegments(nightjar, camera.id)).map((segment) => segment.run_id)).size).toBe(1);
});

test("a person starts, stops and keeps over the mode, from memory and with every frame once", async () => {
  const camera = await add("By hand", { recording: { mode: "disabled", pre_event_seconds: 6 } });
  await connected(camera);
  const firstMs = Date.now();
  await waitFor("the buffer to fill", () => Date.now() - firstMs > 8000, { withinMs: 20_000 });
  const kept = await record(camera, { action: "keep", seconds: 5 });
  expect(kept.kept_seconds).toBeCloseTo(5, 0);
  const more = await record(camera, { action: "keep", seconds: 3600 });
  expect(more.kept_seconds ?? 0).toBeLessThan(20);
  expect(more.message).toMatch(/\d/);
  await idle(camera);
  expect(await record(camera, { action: "start" })).toMatchObject({ recording: true });
  expect((await waitUntilRecording(nightjar, camera.id)).recording_kind).toBe("manual");
  const startedMs = Date.now();
  await waitFor("some seconds", () => Date.now() - startedMs > 4000, { withinMs: 20_000 });
  await record(camera, { action: "stop" });
  await idle(camera);
  const segments = await waitForFootage(nightjar, camera.id, 8);
  expect(segments.map((segment) => segment.kind)).toEqual(["manual", "manual"]);
  for (const segment of segments) {
    const marks = await readFrameMarks(segmentPath(nightjar.dataFolder, segment));
    expect(findFrameFaults(marks, scene).places).toEqual([]);
  }
});

test("a recording by hand goes on after its worker was killed", async () => {
  const camera = await add("By hand, killed", { recording: { mode: "disabled" } });
  await connected(camera);
  await record(camera, { action: "start" });
  const { worker } = await waitUntilRecording(nightjar, camera.id);
  await waitForFootage(nightjar, camera.id, 2);
  process.kill(worker?.pid ?? 0, "SIGKILL");
  const again = (status: CameraStatus) => status.recording && status.worker?.pid !== worker?.pid;
  expect(await waitForStatus(nightjar, camera.id, "to record again", again, 30_000)).toMatchObject({
    recording_kind: "manual",
  });
});

test("why there is no footage is answered in one sentence", async () => {
  const camera = await add("Away", {}, 1);
  await waitForFootage(nightjar, camera.id, 3);
  await rig[1]?.stop();
  const offline = (status: CameraStatus) => status.cause === "camera_offline";
  await waitForStatus(nightjar, camera.id, "to be offline", offline, 30_000);
  const time = new Date().toISOString();
  const diagnosis = await nightjar.client(cameraRoutes.diagnosis, { params: { id: camera.id }, query: { time } });
  expect(diagnosis.cause).toBe("camera_offline");
  expect(diagnosis.answer).toMatch(/^[^.]+\.$/);
  expect(diagnosis.checks.find((check) => check.name === "connection")).toMatchObject({ ok: false });
  await rig[1]?.start();
  await waitUntilRecording(nightjar, camera.id);
});

test("whatever was done to a camera, footage and gaps cover its time from when it was made exactly once, with no cause unknown", async () => {
  const restarted = await add("Restarted");
  await waitForFootage(nightjar, restarted.id, 3);
  await nightjar.client(cameraRoutes.update, { params: { id: restarted.id }, body: { transport: "udp" } });
  await nightjar.client(cameraRoutes.update, { params: { id: restarted.id }, body: { transport: "tcp" } });
  await waitUntilRecording(nightjar, restarted.id);
  const killed = await cameraStatus(nightjar, restarted.id);
  process.kill(killed.worker?.pid ?? 0, "SIGKILL");
  const again = (status: CameraStatus) => status.recording && status.worker?.pid !== killed.worker?.pid;
  await waitForStatus(nightjar, restarted.id, "to record again", again, 30_000);
  const sinceMs = Date.now();
  const settled = async () =>
    (await accountOf(nightjar, restarted)).some((span) => span.isFootage && span.endMs > sinceMs + 3000);
  await waitFor("new footage", settled, { withinMs: 30_000, everyMs: 500 });
  for (const camera of cameras) {
    const account = await accountOf(nightjar, camera);
    const said = `${camera.name}\n${describeAccount(account)}`;
    expect(accountingFaults(account, camera), said).toEqual([]);
    expect(
      account.filter((span) => span.what === "unknown"),
      said,
    ).toEqual([]);
  }
  const causes = (await accountOf(nightjar, restarted)).map((span) => span.what);
  expect(causes).toContain("worker_crashed");
  // The timeline at a coarse resolution tells the same time, once.
  const query = { camera_id: restarted.id, start: restarted.created_at, end: new Date().toISOString() };
  const coarse = await nightjar.client(recordingRoutes.timeline, { query: { ...query, resolution_seconds: 60 } });
  expect(coarse.recordings.length).toBeGreaterThan(0);
  await endRecording(nightjar, restarted.id);
});
