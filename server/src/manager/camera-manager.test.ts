import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RecordingOverrides } from "@nightjar/api/camera";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { EventHub } from "../base/event-hub.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { identify } from "../base/process-identity.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { Turns } from "../base/turns.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import { CAMERA } from "../catalog/catalog.contract.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { childEnvironment } from "../config/child-environment.ts";
import type { Report, WorkerSettings } from "../ipc/messages.ts";
import { KEPT_FOR_EVER } from "../ipc/worker-storage.contract.ts";
import { packetsOf } from "../media/made-footage.contract.ts";
import { WEEKDAYS } from "../recording/schedule.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { CameraManager } from "./camera-manager.ts";
import { ProcessBackend } from "./process-backend.ts";
import { SupervisedCamera } from "./supervised-camera.ts";

// Real workers with real ffmpeg, from the sources.

const folder = testFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const backend = new ProcessBackend({
  command: [process.execPath, "--import", "tsx", main],
  workersFolder: at("workers"),
  logFolder: at("logs"),
  environment: childEnvironment(),
  clock: systemClock,
  log: silentLog,
});
const PATTERN = "pattern:clock?size=160x120&fps=10";
const orders = new StorageOrders(null, { thumbnails: at("thumbnails") });
const places = {
  recordings: at("recordings"),
  thumbnails: null,
  workers: at("workers"),
  run: at("run"),
  keyFile: at("key"),
};
let catalog: Catalog;
let manager: CameraManager;
const supervised: SupervisedCamera[] = [];

beforeAll(async () => {
  await mkdir(places.run);
  await openSecretBox(places.keyFile);
  catalog = await openCatalog({ databaseUrl: `sqlite:${at("catalog.sqlite")}`, clock: systemClock, log: silentLog });
  const events = new EventHub(systemClock);
  const parts = { catalog, events, backend, clock: systemClock, log: silentLog, places };
  manager = new CameraManager({ ...parts, orders, ffmpeg: "ffmpeg", logLevel: "info", version: "test" });
  await manager.start();
});
afterAll(async () => {
  await Promise.all([manager.close({ keepWorkers: false }), ...supervised.map((camera) => camera.stop())]);
  await catalog.close();
});

async function newCamera(recording: RecordingOverrides = {}): Promise<OwnedCamera> {
  const camera = await catalog.tenant(1).cameras.create({
    name: "Gate",
    groupId: null,
    enabled: true,
    timeZone: "UTC",
    streams: { main: { url: PATTERN }, sub: null },
    username: null,
    passwordSealed: null,
    transport: "tcp",
    recording,
    audio: null,
  });
  manager.cameraChanged(camera.id);
  return camera;
}

/** For whoever has to find out why one was started again. */
async function whatWorkersSaid(): Promise<string> {
  const names = (await readdir(at("logs"))).filter((name) => name.endsWith(".log"));
  const texts = await Promise.all(names.map(async (name) => `${name}:\n${await readFile(at("logs", name), "utf8")}`));
  return texts.join("\n").slice(-10_000);
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
    expect(manager.status(camera.id)?.worker, await whatWorkersSaid()).toMatchObject({ pid, restarts: 0 });
    await catalog.tenant(1).cameras.update(camera.id, () => ({ recording: {} }));
    manager.cameraChanged(camera.id);
    await recording(camera);
    await catalog.tenant(1).cameras.remove(camera.id);
    manager.cameraChanged(camera.id);
    await eventually(() => expect(manager.status(camera.id)).toBeNull());
    expect(identify(pid)).toBeNull();
    const segments = await segmentsOf(camera);
    expect(segments.map((segment) => segment.state)).toEqual(["closed", "closed"]);
    const files = await readdir(at("recordings", String(camera.id)));
    expect(files.filter((name) => name.endsWith(".mp4")).sort()).toEqual(segments.map((segment) => segment.name));
    expect(await catalog.segments(camera).totals()).toMatchObject({ count: 2 });
  });

  it("takes a changed schedule over at once, without connecting anew", async () => {
    const { schedules, cameras } = catalog.tenant(1);
    const schedule = await schedules.create({ name: "Work", windows: [] });
    const camera = await newCamera({ mode: "scheduled", schedule_id: schedule.id });
    const connected = { connection: "connected", recording: false };
    await eventually(() => expect(manager.status(camera.id)).toMatchObject(connected));
    const pid = manager.status(camera.id)?.worker?.pid;
    await schedules.update(schedule.id, {
      windows: [{ days: [...WEEKDAYS], start: "00:00", end: "24:00", mode: "continuous" }],
    });
    manager.recordingRulesChanged();
    expect(await recording(camera)).toBe(pid);
    expect(manager.status(camera.id)).toMatchObject({ recording_kind: "scheduled", worker: { restarts: 0 } });
    const { startMs } = await eventually(async () => {
      const [segment] = await segmentsOf(camera);
      if (segment === undefined) throw new Error("no segment yet");
      return segment;
    });
    const told = await catalog.ledger(camera).within({ startMs: 0, endMs: startMs + 1 });
    expect(told.map(({ state }) => state)).toContainEqual({ kind: "not_wanted", cause: "outside_schedule" });
    await cameras.remove(camera.id);
    manager.cameraChanged(camera.id);
  });

  it("records by hand over the mode, as long as asked; without a worker it says so", async () => {
    const camera = await newCamera({ mode: "disabled" });
    await eventually(() => expect(manager.status(camera.id)?.connection).toBe("connected"));
    const started = await manager.record(camera.id, { action: "start", seconds: null });
    expect(started).toEqual({ recording: true, keptSeconds: null });
    await recording(camera);
    expect(manager.status(camera.id)?.recording_kind).toBe("manual");
    await manager.record(camera.id, { action: "stop", seconds: null });
    await eventually(() => expect(manager.status(camera.id)?.recording).toBe(false));
    await catalog.tenant(1).cameras.remove(camera.id);
    manager.cameraChanged(camera.id);
    await eventually(() => expect(manager.status(camera.id)).toBeNull());
    const unanswered = manager.record(camera.id, { action: "stop", seconds: null });
    await expect(unanswered).rejects.toMatchObject({ code: "worker_unavailable" });
  });

  it("finds a worker again that another server has left, and takes each of its reports exactly once", async () => {
    const settings: WorkerSettings = {
      tenantId: 9,
      cameraId: 900,
      cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
      cameraName: "Gate",
      timeZone: "UTC",
      source: { url: PATTERN, username: null, passwordSealed: null, transport: "tcp" },
      recordedStream: "main",
      otherStreamUrl: null,
      createdAtMs: systemClock.nowMs(),
      mode: "continuous",
      windows: null,
      preEventSeconds: 5,
      postEventSeconds: 10,
      segmentSeconds: 600,
      segmentMaxBytes: 0,
      maxBufferBytes: 1 << 20,
      audio: { enabled: false, codec: "auto" },
      segmentFolder: at("recordings", "900"),
      thumbnailFolder: null,
      ffmpegPath: "ffmpeg",
      storage: KEPT_FOR_EVER,
      logLevel: "info",
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
        replacing: new Turns(1),
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
    await eventually(() => expect(taken.map(({ report }) => report.kind)).toContain("segment_opened"));
    const pid = first.status.worker?.pid;
    await first.release();
    expect(identify(pid ?? 0)).not.toBeNull();

    const second = supervise();
    await eventually(() => expect(second.status).toMatchObject({ recording: true, worker: { pid, restarts: 0 } }));
    await second.update({ ...settings, mode: "disabled" });
    await eventually(() => expect(taken.at(-1)?.report.kind).toBe("segment_closed"));
    await second.stop();
    expect(identify(pid ?? 0)).toBeNull();
    expect(refusals).toBe(1);
    expect(taken.map(({ sequence }) => sequence)).toEqual(taken.map((_, i) => i + 1));
    const segments = taken.map(({ report }) => report.kind).filter((kind) => kind !== "ledger_noted");
    expect(segments).toEqual(["segment_opened", "segment_closed"]);
  });
});

describe("one cause that hits many cameras", () => {
  it("is one alert, which shrinks as cameras are well or gone, and closes with the last", async () => {
    const databaseUrl = `sqlite:${at("broken.sqlite")}`;
    const own = await openCatalog({ databaseUrl, clock: systemClock, log: silentLog });
    const parts = { catalog: own, events: new EventHub(systemClock), backend, clock: systemClock, log: silentLog };
    const places = {
      recordings: at("broken"),
      thumbnails: null,
      workers: at("broken-w"),
      run: at("broken-r"),
      keyFile: at("key"),
    };
    await mkdir(places.run);
    const { cameras, alerts } = own.tenant(1);
    const input = { ...CAMERA, username: null, passwordSealed: null, streams: { main: { url: PATTERN }, sub: null } };
    const ids = [(await cameras.create(input)).id, (await cameras.create(input)).id];
    const broken = new CameraManager({
      ...parts,
      places,
      orders,
      ffmpeg: at("no-such-ffmpeg"),
      logLevel: "info",
      version: "test",
    });
    const open = async () => (await alerts.list({ limit: 9 }, { open: true })).items;
    const removeCamera = async (id = 0) => {
      await cameras.remove(id);
      broken.cameraChanged(id);
    };
    try {
      await broken.start();
      await eventually(async () => expect(await open()).toMatchObject([{ kind: "ffmpeg_missing", cameraIds: ids }]));
      const [alert] = await open();
      expect(alert?.message).toMatch(/^2 cameras are not recorded: Door \(\d+\), Door \(\d+\)\./);
      await removeCamera(ids[0]);
      await eventually(async () => expect(await open()).toMatchObject([{ id: alert?.id, cameraIds: [ids[1]] }]));
      await removeCamera(ids[1]);
      await eventually(async () => expect(await open()).toEqual([]));
    } finally {
      await broken.close({ keepWorkers: false });
      await own.close();
    }
  });
});
