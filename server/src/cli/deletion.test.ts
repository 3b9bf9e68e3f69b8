import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { ClockBelief } from "../footage/clock-belief.ts";
import { beginVolume } from "../footage/volume.ts";
import { BYTES_PER_GB } from "../recording/storage-settings.ts";
import { checkStorage } from "../storage/check/check-storage.ts";
import { IdleCameraFootage } from "../storage/idle-camera-footage.ts";
import { FootageDeletion } from "../storage/keeping/footage-deletion.ts";
import type { Space } from "../storage/keeping/space.ts";
import type { StorageAlert } from "../storage/keeping/storage-alerts.ts";
import { StorageKeeper } from "../storage/keeping/storage-keeper.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { ALL, CAMERA, copyOf, ownedCamera, recordCamera, type Stopped } from "./recorded-camera.contract.ts";

// The server keeps the limits of a camera that has no worker, on files that the recorder has made; `nightjar check` looks at what is left.

const root = testFolder();
const recorded = join(root, "recorded");
let count = 0;

beforeAll(() => recordCamera(recorded));

/** A copy of the recorded camera, and who keeps its storage. */
async function keeping(
  change: { readonly space?: (footage: { totalBytes: number; freedBytes: number }) => Space } = {},
) {
  count += 1;
  const stopped: Stopped = await copyOf(recorded, join(root, String(count)));
  const { catalog, folder, options } = stopped;
  const { recordings, workers } = options;
  const clock = new SimulatedClock(options.clock.nowMs());
  const paths = { recordings, workers, thumbnails: join(folder, "thumbnails") };
  const orders = new StorageOrders({ path: recordings, id: await beginVolume(recordings) }, paths);
  const log = silentLog;
  const alerts: StorageAlert[][] = [];
  const idle = new IdleCameraFootage({ ...{ catalog, clock, log, places: paths, orders }, onDeleted: () => {} });
  const { space = () => ({ sizeBytes: 1e12, freeBytes: 5e11 }) } = change;
  const workersOf = { hasWorker: () => false, deleteByWorker: async () => null };
  const segments = async () => catalog.segments(await ownedCamera(catalog)).within(ALL);
  const bytes = async () => (await segments()).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const totalBytes = await bytes();
  const keeper = new StorageKeeper({
    ...{ catalog, clock, log, orders, idle },
    belief: await ClockBelief.open({
      ...{ clock, path: join(folder, "belief"), newestMs: clock.nowMs(), confirmedMs: () => null, signsOfSync: [] },
    }),
    deletion: new FootageDeletion({ catalog, workers: workersOf, idle, onShare: null }),
    findVolume: async () => {},
    spaceOf: async () => space({ totalBytes, freedBytes: totalBytes - (await bytes()) }),
    recordings: () => recordings,
    workers: { hasWorker: () => false, openBytes: () => 0, bytesPerSecond: () => 0 },
    ordersChanged: () => {},
    share: null,
    showAlerts: async (shown) => void alerts.push([...shown]),
  });
  const files = async () => (await readdir(stopped.at())).filter((name) => name.endsWith(".mp4")).sort();
  const isClean = async () => {
    // Looking again waits by the clock.
    const ticking = {
      ...clock,
      nowMs: () => clock.nowMs(),
      after: (_: number, action: () => void) => {
        setImmediate(action);
        return () => {};
      },
    };
    const { findings } = await checkStorage({
      ...options,
      clock: { ...ticking, monotonicMs: () => 0 },
      deep: true,
      fix: false,
    });
    expect(findings.filter(({ state }) => state === "open")).toEqual([]);
  };
  const limit = async (bytes: number, storage: object = {}) => {
    const update = () => ({ storage: { max_storage_gb: bytes / BYTES_PER_GB, ...storage } });
    await catalog.tenant(CAMERA.tenantId).cameras.update(CAMERA.id, update);
  };
  return { ...stopped, keeper, orders, alerts, segments, files, isClean, limit, clock };
}

describe("the keeper of storage", () => {
  it("deletes the oldest beyond a limit; rows, files, totals, ledger and chain tell the same afterwards", async () => {
    const { keeper, limit, segments, files, isClean, catalog } = await keeping();
    const before = await segments();
    const kept = before.slice(-3);
    await limit(kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    await keeper.check();
    expect(await segments()).toEqual(kept);
    expect(await files()).toEqual(kept.map(({ name }) => name));
    await isClean();
    const deleted = await catalog.ledger(await ownedCamera(catalog)).deleted(ALL);
    expect(deleted.every(({ cause }) => cause === "deleted_by_retention")).toBe(true);
    expect(deleted[0]?.startMs).toBe(before[0]?.startMs);
    await keeper.close();
    await catalog.close();
  });

  it("keeps what is locked, and stops the recording where nothing else is left to delete, until it may go on", async () => {
    const { keeper, limit, segments, orders, catalog, isClean } = await keeping();
    const [oldest] = await segments();
    if (oldest === undefined) throw new Error("nothing was recorded");
    const { locks } = catalog.tenant(CAMERA.tenantId);
    const span = { startMs: oldest.startMs, endMs: oldest.startMs + 1, expiresAtMs: null };
    const lock = await locks.create({ ...span, cameraIds: [CAMERA.id], reason: "evidence", createdBy: "ada" });
    await limit(1);
    await keeper.check();
    expect((await segments()).map(({ name }) => name)).toEqual([oldest.name]);
    expect(orders.held(CAMERA.id)).toMatch(/limit of this camera is reached/);
    await isClean();
    await locks.remove(lock.id);
    await keeper.check();
    await keeper.check();
    expect(await segments()).toEqual([]);
    expect(orders.held(CAMERA.id)).toBeNull();
    await keeper.close();
    await catalog.close();
  });

  it("never touches the minimum retention, and says that space does not last as long as footage should be kept", async () => {
    const { keeper, limit, segments, alerts, catalog } = await keeping();
    const before = await segments();
    await limit(1000, { minimum_retention_days: 1 });
    await keeper.check();
    expect(await segments()).toEqual(before);
    expect(alerts.at(-1)).toMatchObject([{ kind: "retention_short", cameraIds: [CAMERA.id] }]);
    await keeper.close();
    await catalog.close();
  });

  it("makes room on a full disk from the oldest on and no further; without auto delete it deletes nothing", async () => {
    // A disk that lacks half of what the footage takes.
    const { keeper, segments, catalog } = await keeping({
      space: ({ totalBytes, freedBytes }) => ({ sizeBytes: 10 * totalBytes, freeBytes: totalBytes / 2 + freedBytes }),
    });
    const before = await segments();
    const { recordingDefaults } = catalog.tenant(CAMERA.tenantId);
    await recordingDefaults.update((present) => ({ ...present, storage: { auto_delete: false } }));
    await keeper.check();
    expect(await segments()).toEqual(before);
    await recordingDefaults.update((present) => ({ ...present, storage: {} }));
    for (let look = 0; look < 5; look += 1) await keeper.check();
    const left = await segments();
    expect(left).toEqual(before.slice(before.length - left.length));
    const gone = before.slice(0, before.length - left.length);
    const bytesOf = (list: typeof before) => list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(bytesOf(gone)).toBeGreaterThanOrEqual(bytesOf(before) / 2);
    expect(bytesOf(gone.slice(0, -1))).toBeLessThan(bytesOf(before) / 2);
    await keeper.close();
    await catalog.close();
  });

  it("tells people of little free space: at once without auto delete, and where that does not bring it back in five minutes", async () => {
    const { keeper, alerts, clock, catalog } = await keeping({ space: () => ({ sizeBytes: 1e12, freeBytes: 9e10 }) });
    const kinds = () => alerts.at(-1)?.map(({ kind }) => kind);
    await keeper.check();
    expect(kinds()).not.toContain("low_space");
    clock.advance(300_000);
    await keeper.check();
    expect(kinds()).toContain("low_space");
    await keeper.close();
    const off = await keeping({ space: () => ({ sizeBytes: 1e12, freeBytes: 9e10 }) });
    await off.catalog
      .tenant(CAMERA.tenantId)
      .recordingDefaults.update((present) => ({ ...present, storage: { auto_delete: false } }));
    await off.keeper.check();
    expect(off.alerts.at(-1)).toMatchObject([{ kind: "low_space" }]);
    await off.keeper.close();
    await off.catalog.close();
    await catalog.close();
  });

  it("writes and deletes nothing where another volume is mounted", async () => {
    const { keeper, limit, segments, files, options, catalog } = await keeping();
    const before = await files();
    await writeFile(join(options.recordings, ".nightjar-volume"), JSON.stringify({ volume: "another" }));
    await limit(1);
    await keeper.check();
    expect(await files()).toEqual(before);
    expect(await segments()).toHaveLength(before.length);
    await keeper.close();
    await catalog.close();
  });
});
