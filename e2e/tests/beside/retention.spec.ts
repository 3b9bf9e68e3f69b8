// A small disk at its limit: the newest footage stays, what is locked stays, people are told; without auto delete recording stops instead.
import { mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Alert } from "@nightjar/api/alert";
import { alertRoutes, lockRoutes, settingsRoutes, storageRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  endRecording,
  listSegments,
  segmentPath,
  waitForFootage,
  waitForStatus,
} from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene, type Scene } from "../../rig/scene.ts";
import { LoopDisk } from "../../rig/small-disk.ts";
import { runTool } from "../../rig/tool.ts";

const DISK_MB = 64;
const LOW_SPACE_PERCENT = 10;
/** So much footage fits until the disk is at its limit. */
const ROOM_BYTES = 700_000;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
let scene: Scene;
let dataFolder: string;
let disk: LoopDisk | undefined;

const space = async () => {
  const { blocks, bavail, bsize } = await statfs(join(dataFolder, "recordings"));
  return { sizeBytes: blocks * bsize, freeBytes: bavail * bsize };
};

function openAlert(kind: Alert["kind"], withinMs: number): Promise<Alert> {
  const find = async () => {
    const { alerts } = await nightjar.client(alertRoutes.list, { query: { open: "true" } });
    return alerts.find((alert) => alert.kind === kind);
  };
  return waitFor(`an alert ${kind}`, find, { withinMs, everyMs: 500, onTimeout: nightjar.logText });
}

// Without root no file system can be mounted.
if (process.getuid?.() === 0) {
  test.beforeAll(async () => {
    scene = await makeSmallScene();
    rig = await startCameras([{ scene }]);
    dataFolder = await mkdtemp(join(tmpdir(), "nightjar-e2e-retention-"));
    disk = await LoopDisk.mount(join(dataFolder, "recordings"), DISK_MB);
    const { sizeBytes, freeBytes } = await space();
    const fillerMb = Math.floor((freeBytes - (sizeBytes * LOW_SPACE_PERCENT) / 100 - ROOM_BYTES) / 1e6);
    await runTool("dd", ["if=/dev/zero", `of=${join(disk.folder, "filler")}`, "bs=1000000", `count=${fillerMb}`]);
    nightjar = await startNightjar({ dataFolder });
  });

  test.afterAll(async () => {
    await nightjar?.stop();
    await disk?.unmount();
    await stopCameras(rig);
    if (dataFolder !== undefined) await rm(dataFolder, { recursive: true, force: true });
  });

  test("a disk at its limit keeps the newest footage and what is locked, and without auto delete recording stops", async () => {
    const camera = await addCamera(nightjar, rig[0]?.url ?? "", { recording: { segment_seconds: 10 } });
    const [first] = await waitForFootage(nightjar, camera.id, 8);
    if (first === undefined) throw new Error("there is no footage");
    const { id: lockId } = await nightjar.client(lockRoutes.create, {
      body: { camera_ids: [camera.id], start: first.start, end: first.end, reason: "kept by the test" },
    });

    const seen = new Set<string>();
    const someAreGone = async () => {
      const names = (await listSegments(nightjar, camera.id)).map(({ name }) => name);
      for (const name of names) seen.add(name);
      return seen.size - names.length >= 2;
    };
    const onTimeout = async () => `${JSON.stringify(await space())} ${[...seen]}\n${nightjar.logText()}`;
    await waitFor("the oldest footage to make room", someAreGone, { withinMs: 90_000, everyMs: 500, onTimeout });
    const segments = await listSegments(nightjar, camera.id);
    expect(segments[0]?.name).toBe(first.name);
    expect(segments.length).toBeGreaterThan(2);
    expect(Date.now() - Date.parse(segments.at(-1)?.end ?? "")).toBeLessThan(15_000);
    expect(nightjar.logText()).toMatch(/"name":"nightjar\.recordings","msg":"low space: deleting [^"]+\.mp4"/);
    await openAlert("retention_short", 60_000);
    const { locks } = await nightjar.client(lockRoutes.list, { query: {} });
    expect(locks).toMatchObject([{ id: lockId }]);
    expect(locks[0]?.size_bytes).toBeGreaterThan(0);

    await nightjar.client(settingsRoutes.updateRecording, { body: { storage: { auto_delete: false } } });
    const stopped = await waitForStatus(nightjar, camera.id, "to stop recording", (one) => !one.recording, 30_000);
    expect(stopped).toMatchObject({ cause: "disk_full", connection: "connected" });
    expect(stopped.last_error).toMatch(/Recording has stopped/);
    const state = await nightjar.client(storageRoutes.state, {});
    expect(state).toMatchObject({ auto_delete: false, volumes: [{ name: "recordings", state: "ok" }] });
    await openAlert("storage_unwritable", 45_000);
    await rm(join(dataFolder, "recordings", "filler"));
    await waitForStatus(nightjar, camera.id, "to record again", (one) => one.recording && one.cause === null, 30_000);

    const account = await accountOf(nightjar, camera);
    const said = describeAccount(account);
    expect(accountingFaults(account, camera), said).toEqual([]);
    expect(
      account.map(({ what }) => what),
      said,
    ).toEqual(expect.arrayContaining(["deleted_by_retention", "disk_full"]));
    expect(
      account.map(({ what }) => what),
      said,
    ).not.toContain("unknown");
    expect(nightjar.logText()).not.toContain("ENOSPC");
    for (const segment of await endRecording(nightjar, camera.id)) {
      const marks = await readFrameMarks(segmentPath(dataFolder, segment));
      expect(findFrameFaults(marks, scene).places, segment.name).toEqual([]);
    }
    expect(await readdir(join(dataFolder, "recordings"))).toContain(".nightjar-volume");
  });
} else {
  console.log("The test of a disk at its limit is left out: mounting a small file system needs root.");
}
