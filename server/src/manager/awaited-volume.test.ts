import { mkdir, readdir, rename, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { EventHub } from "../base/event-hub.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { CAMERA } from "../catalog/catalog.contract.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { childEnvironment } from "../config/child-environment.ts";
import { beginVolume } from "../footage/volume.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { CameraManager } from "./camera-manager.ts";
import { ProcessBackend } from "./process-backend.ts";

// A real worker with real ffmpeg, from the sources. The disk is a folder that is moved away.

const folder = testFolder();
const at = (...parts: string[]) => join(folder, ...parts);

it("a worker that starts while its volume is away writes nothing there, and mends what it finds on it when it comes", async () => {
  const places = {
    ...{ recordings: at("recordings"), thumbnails: null, workers: at("workers") },
    ...{ run: at("run"), keyFile: at("key") },
  };
  await mkdir(places.run);
  await openSecretBox(places.keyFile);
  const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
  const clock = systemClock;
  const log = silentLog;
  const backend = new ProcessBackend({
    command: [process.execPath, "--import", "tsx", main],
    ...{ workersFolder: places.workers, logFolder: at("logs"), environment: childEnvironment(), clock, log },
  });
  const catalog = await openCatalog({ databaseUrl: `sqlite:${at("catalog.sqlite")}`, clock, log });
  const orders = new StorageOrders(
    { path: places.recordings, id: await beginVolume(places.recordings) },
    { thumbnails: at("thumbnails") },
  );
  const manager = new CameraManager({
    ...{ catalog, events: new EventHub(clock), backend, clock, log, places, orders },
    ...{ ffmpeg: "ffmpeg", logLevel: "info", version: "test" },
  });
  const source = { main: { url: "pattern:clock?size=160x120&fps=10" }, sub: null };
  const camera = await catalog.tenant(1).cameras.create({
    ...CAMERA,
    ...{ streams: source, recording: {}, username: null, passwordSealed: null },
  });
  const status = () => manager.status(camera.id);
  try {
    await manager.start();
    await eventually(() => expect(status()).toMatchObject({ recording: true, cause: null }));
    await eventually(() => expect(manager.openSegments(camera.id).at(-1)?.sizeBytes).toBeGreaterThan(1000));
    await rename(places.recordings, at("unmounted"));
    await mkdir(places.recordings);
    process.kill(status()?.worker?.pid ?? 0, "SIGKILL");
    await eventually(() => expect(status()?.worker).toMatchObject({ restarts: 1, pid: expect.any(Number) }));
    await eventually(() =>
      expect(status()).toMatchObject({ connection: "connected", recording: false, cause: "storage_missing" }),
    );
    expect(await readdir(places.recordings)).toEqual([]);
    await rmdir(places.recordings);
    await rename(at("unmounted"), places.recordings);
    await eventually(() => expect(status()).toMatchObject({ recording: true, cause: null, worker: { restarts: 2 } }));
    const states = async () =>
      (await catalog.segments(camera).within({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER })).map(({ state }) => state);
    await eventually(async () => expect(await states()).toEqual(["repaired", "open"]));
  } finally {
    await manager.close({ keepWorkers: false });
    await catalog.close();
  }
});
