// What a disk can do: be full, fail, stop answering, go away. Each camera records onto a small file system of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import { alertRoutes, cameraRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import { cameraStatus, endRecording, segmentPath, waitForFootage, waitForStatus } from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene, type Scene } from "../../rig/scene.ts";
import { LoopDisk, mountTmpfs, type SmallDisk } from "../../rig/small-disk.ts";
import { runTool } from "../../rig/tool.ts";

const FULL_DISK_MB = 20;
const FROZEN_SECONDS = 20;
const LOOP_DISK_MB = 64;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
let scene: Scene;
/** Removed only when nothing is mounted in it any more. */
let dataFolder: string | undefined;
const disks: SmallDisk[] = [];

/** A camera whose folder is `mount`ed before its first picture comes, and that records. */
async function recordingOn<Disk extends SmallDisk>(name: string, mount: (folder: string) => Promise<Disk>) {
  const main = { url: rig[0]?.url ?? "" };
  const camera = await nightjar.client(cameraRoutes.create, {
    body: { name, enabled: false, streams: { main }, recording: { segment_seconds: 3600 } },
  });
  const disk = await mount(join(nightjar.dataFolder, "recordings", String(camera.id)));
  disks.push(disk);
  await nightjar.client(cameraRoutes.update, { params: { id: camera.id }, body: { enabled: true } });
  await waitForFootage(nightjar, camera.id, 5);
  return { camera, disk };
}

function storageFails(camera: Camera, cause: CameraStatus["cause"], says: RegExp): Promise<CameraStatus> {
  const failed = (status: CameraStatus) => status.cause === cause && !status.recording;
  return waitForStatus(nightjar, camera.id, `to fail with ${cause}`, failed, 30_000).then((status) => {
    expect(status.last_error).toMatch(says);
    // The camera itself is well: only the disk is not.
    expect(status.connection).toBe("connected");
    return status;
  });
}

async function recordsAgain(camera: Camera): Promise<void> {
  const well = (status: CameraStatus) => status.recording && status.cause === null;
  await waitForStatus(nightjar, camera.id, "to record again by itself", well, 30_000);
  const sinceMs = Date.now();
  const newer = async () =>
    (await accountOf(nightjar, camera)).some((span) => span.isFootage && span.endMs > sinceMs + 3000);
  await waitFor("new footage", newer, { withinMs: 30_000, everyMs: 500 });
}

/** The gap has the cause, everything is accounted for, and every file that is left plays with every frame once. */
async function expectAccounted(camera: Camera, cause: string): Promise<void> {
  const account = await accountOf(nightjar, camera);
  const said = describeAccount(account);
  expect(accountingFaults(account, camera), said).toEqual([]);
  expect(account.filter((span) => !span.isFootage).map((span) => span.what)).toContain(cause);
  for (const segment of await endRecording(nightjar, camera.id)) {
    const marks = await readFrameMarks(segmentPath(nightjar.dataFolder, segment));
    expect(marks.length).toBeGreaterThan(0);
    expect(findFrameFaults(marks, scene).places, segment.name).toEqual([]);
  }
}

/** What each disk does to its camera. All at once, as most of it is waiting; each test is about one. */
const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  "a full disk stops nothing but the recording, which goes on by itself when there is room": async () => {
    const { camera, disk } = await recordingOn("Full", (folder) => mountTmpfs(folder, FULL_DISK_MB));
    const filler = join(disk.folder, "filler");
    // dd ends with an error when the disk is full: that is what it is for.
    await runTool("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"]).catch(() => {});
    await storageFails(camera, "disk_full", /full/);
    await rm(filler);
    await recordsAgain(camera);
    await expectAccounted(camera, "disk_full");
  },
  "a disk that fails and is mounted read-only is named, and recording goes on by itself when it is mended":
    async () => {
      const { camera, disk } = await recordingOn("Read-only", (folder) => LoopDisk.mount(folder, LOOP_DISK_MB));
      await disk.failToReadOnly();
      await storageFails(camera, "storage_missing", /read-only|cannot be written/);
      const alert = async () => {
        const { alerts } = await nightjar.client(alertRoutes.list, { query: { open: "true" } });
        return alerts.find((one) => one.kind === "storage_unwritable" && one.camera_ids.includes(camera.id));
      };
      const raised = await waitFor("an alert about the disk", alert, { withinMs: 60_000, everyMs: 500 });
      expect(raised.message).toContain(disk.folder);
      await disk.remount();
      await recordsAgain(camera);
      const closed = async () => (await alert()) === undefined;
      await waitFor("the alert to close", closed, { withinMs: 30_000, everyMs: 500 });
      await expectAccounted(camera, "storage_missing");
    },
  "a folder that is taken away under the recorder is noticed, made anew, and recorded into": async () => {
    const { camera, disk } = await recordingOn("Gone", async (folder) => ({ folder, unmount: async () => {} }));
    await rm(disk.folder, { recursive: true });
    const lost = () => nightjar.logText().includes(`${disk.folder} is not there`);
    await waitFor("the log to say that the folder is gone", lost, { withinMs: 30_000, onTimeout: nightjar.logText });
    await recordsAgain(camera);
    const account = await accountOf(nightjar, camera);
    expect(accountingFaults(account, camera), describeAccount(account)).toEqual([]);
  },
  "a disk that does not answer for twenty seconds costs no frame: footage waits in memory, and a warning is open meanwhile":
    async () => {
      const { camera, disk } = await recordingOn("Frozen", (folder) => LoopDisk.mount(folder, LOOP_DISK_MB));
      const frozenAtMs = Date.now();
      await disk.freeze();
      try {
        const warning = async () => {
          const { alerts } = await nightjar.client(alertRoutes.list, { query: { open: "true" } });
          return alerts.find((one) => one.kind === "disk_slow" && one.camera_ids.includes(camera.id));
        };
        await waitFor("a warning about the disk", warning, { withinMs: FROZEN_SECONDS * 1000, everyMs: 500 });
        await waitFor("the stall to last", () => Date.now() - frozenAtMs >= FROZEN_SECONDS * 1000, {
          withinMs: 60_000,
        });
        // The stream has been read all the time.
        const { last_frame_at, recording } = await cameraStatus(nightjar, camera.id);
        expect(recording).toBe(true);
        expect(Date.now() - Date.parse(last_frame_at ?? "")).toBeLessThan(3000);
      } finally {
        await disk.thaw();
      }
      await recordsAgain(camera);
      const account = await accountOf(nightjar, camera);
      const said = describeAccount(account);
      expect(accountingFaults(account, camera), said).toEqual([]);
      expect(
        account.filter((span) => span.what === "disk_slow" || span.what === "unknown"),
        said,
      ).toEqual([]);
      const segments = await endRecording(nightjar, camera.id);
      const marks = await Promise.all(
        segments.map((segment) => readFrameMarks(segmentPath(nightjar.dataFolder, segment))),
      );
      expect(findFrameFaults(marks.flat(), scene).places).toEqual([]);
      expect(marks.flat().length).toBeGreaterThan(FROZEN_SECONDS * scene.fps);
    },
};
const running = new Map<string, Promise<void>>();

// Without root no file system can be mounted.
if (process.getuid?.() === 0) {
  test.beforeAll(async () => {
    scene = await makeSmallScene();
    rig = await startCameras([{ scene }]);
    dataFolder = await mkdtemp(join(tmpdir(), "nightjar-e2e-disks-"));
    nightjar = await startNightjar({ dataFolder });
    for (const [title, scenario] of Object.entries(SCENARIOS)) {
      const result = scenario();
      // Its test waits for it; until then it must not end the process.
      result.catch(() => {});
      running.set(title, result);
    }
  });

  test.afterAll(async () => {
    await Promise.allSettled(running.values());
    await nightjar?.stop();
    for (const disk of disks) await disk.unmount();
    await stopCameras(rig);
    if (dataFolder !== undefined) await rm(dataFolder, { recursive: true, force: true });
  });

  for (const title of Object.keys(SCENARIOS)) test(title, () => running.get(title) ?? Promise.reject(new Error(title)));
} else {
  console.log("The tests of full, failing and frozen disks are left out: mounting small file systems needs root.");
}
