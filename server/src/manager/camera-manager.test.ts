import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { EventHub } from "../base/event-hub.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { childEnvironment } from "../config/child-environment.ts";
import type { Report, WorkerSettings } from "../ipc/messages.ts";
import { packetsOf } from "../media/made-footage.contract.ts";
import { CameraManager } from "./camera-manager.ts";
import { isAlive, ProcessBackend } from "./process-backend.ts";
import { SupervisedCamera } from "./supervised-camera.ts";

// Real workers with real ffmpeg, from the sources.

const folder = testFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const backend = new ProcessBackend({
  command: [process.execPath, "--import", "tsx", main],
  logFolder: at("logs"),
  environment: childEnvironment(),
});
const PATTERN = "pattern:clock?size=160x120&fps=10";
const places = { recordings: at("recordings"), workers: at("workers"), run: at("run"), keyFile: at("key") };
let catalog: Catalog;
let manager: CameraManager;
const supervised: SupervisedCamera[] = [];

beforeAll(async () => {
  await mkdir(places.run);
  await openSecretBox(places.keyFile);
  catalog = await openCatalog({ databaseUrl: `sqlite:${at("catalog.sqlite")}`, clock: systemClock, log: silentLog });
  const events = new EventHub(systemClock);
  const parts = { catalog, events, backend, clock: systemClock, log: silentLog, places };
  manager = new CameraManager({ ...parts, ffmpeg: "ffmpeg", version: "test" });
  await manager.start();
});
afterAll(async () => {
  await Promise.all([manager.close({ keepWorkers: false }), ...supervised.map((camera) => camera.stop())]);
  await catalog.close();
});

async function newCamera(): Promise<OwnedCamera> {
  const camera = await catalog.tenant(1).cameras.create({
    name: "Gate",
    groupId: null,
    enabled: true,
    timeZone: "UTC",
    streams: { main: { url: PATTERN }, sub: null },
    username: null,
    passwordSealed: null,
    transport: "tcp",
    recording: {},
    audio: null,
  });
  manager.cameraChanged(camera.id);
  return camera;
}

function segmentsOf(camera: OwnedCamera) {
  return catalog.segments(camera).within({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER });
}

const recording = (camera: OwnedCamera) =>
  eventually(() => {
    const status = manager.status(camera.id);
    expect(status).toMatchObject({ connection: "connected", recording: true });
    return status?.worker?.pid ?? 0;
  });

// The tests mostly wait: they do it together.
describe.concurrent("the camera manager", () => {
  it("starts a killed worker again, which mends what was left open", async () => {
    const camera = await newCamera();
    const pid = await recording(camera);
    const named = await eventually(() => {
      const open = manager.openSegments(camera.id).at(-1);
      expect(open?.sizeBytes).toBeGreaterThan(1000);
      return open;
    });
    process.kill(pid, "SIGKILL");
    await eventually(() => expect(manager.status(camera.id)?.worker?.restarts).toBe(1));
    expect(await recording(camera)).not.toBe(pid);
    const mended = await eventually(async () => {
      const segment = (await segmentsOf(camera)).find((one) => one.state === "repaired");
      expect(segment).toBeDefined();
      return segment;
    });
    expect(mended?.startMs).toBe(named?.startMs);
    // At most a second is lost, and at least what was told to be on the disk is there.
    expect(mended?.endMs).toBeGreaterThanOrEqual(named?.endMs ?? Number.POSITIVE_INFINITY);
    expect((await packetsOf(at("recordings", String(camera.id), mended?.name ?? ""))).length).toBeGreaterThan(10);
    await catalog.tenant(1).cameras.remove(camera.id);
    manager.cameraChanged(camera.id);
  });

  it("hands changed settings to the worker, and stops the one of a removed camera with its segments closed", async () => {
    const camera = await newCamera();
    const pid = await recording(camera);
    await catalog.tenant(1).cameras.update(camera.id, () => ({ recording: { mode: "disabled" } }));
    manager.cameraChanged(camera.id);
    await eventually(() =>
      expect(manager.status(camera.id)).toMatchObject({ connection: "connected", recording: false }),
    );
    expect(manager.status(camera.id)?.worker).toMatchObject({ pid, restarts: 0 });
    await catalog.tenant(1).cameras.update(camera.id, () => ({ recording: {} }));
    manager.cameraChanged(camera.id);
    await recording(camera);
    await catalog.tenant(1).cameras.remove(camera.id);
    manager.cameraChanged(camera.id);
    await eventually(() => expect(manager.status(camera.id)).toBeNull());
    expect(isAlive(pid)).toBe(false);
    const segments = await segmentsOf(camera);
    expect(segments.map((segment) => segment.state)).toEqual(["closed", "closed"]);
    expect((await readdir(at("recordings", String(camera.id)))).sort()).toEqual(
      segments.map((segment) => segment.name),
    );
    expect(await catalog.segments(camera).totals()).toMatchObject({ count: 2 });
  });

  it("finds a worker again that another server has left, and takes each of its reports exactly once", async () => {
    const settings: WorkerSettings = {
      tenantId: 9,
      cameraId: 900,
      cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
      cameraName: "Gate",
      timeZone: "UTC",
      source: { url: PATTERN, username: null, passwordSealed: null, transport: "tcp" },
      record: true,
      segmentSeconds: 600,
      segmentMaxBytes: 0,
      audio: { enabled: false, codec: "auto" },
      segmentFolder: at("recordings", "900"),
      ffmpegPath: "ffmpeg",
    };
    const taken: { sequence: number; report: Report }[] = [];
    let refusals = 0;
    const supervise = () => {
      const camera = new SupervisedCamera({
        settings,
        workersFolder: places.workers,
        runFolder: places.run,
        keyFile: places.keyFile,
        version: "test",
        backend,
        clock: systemClock,
        log: silentLog,
        turn: async () => {},
        onStatus: () => {},
        onReport: async ({ sequence, report }) => {
          // The first is not taken at the first attempt: the catalog does not answer.
          if (sequence === 1 && refusals === 0) {
            refusals += 1;
            throw new Error("no answer");
          }
          taken.push({ sequence, report });
        },
      });
      supervised.push(camera);
      camera.start();
      return camera;
    };
    const first = supervise();
    await eventually(() => expect(taken).toHaveLength(1));
    const pid = first.status.worker?.pid;
    await first.release();
    expect(isAlive(pid ?? 0)).toBe(true);

    const second = supervise();
    await eventually(() => expect(second.status).toMatchObject({ recording: true, worker: { pid, restarts: 0 } }));
    await second.update({ ...settings, record: false });
    await eventually(() => expect(taken).toHaveLength(2));
    await second.stop();
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(refusals).toBe(1);
    expect(taken.map(({ sequence, report }) => [sequence, report.kind])).toEqual([
      [1, "segment_opened"],
      [2, "segment_closed"],
    ]);
  });
});
