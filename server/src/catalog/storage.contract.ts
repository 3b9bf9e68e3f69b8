import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { segmentName } from "../recording/segment-name.ts";
import type { OwnedCamera } from "./cameras.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";

const MINUTE_MS = 60_000;

/** What locks, deletions, usage and places promise on every database. */
export function storageContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let database: FreshDatabase;
  let clock: SimulatedClock;
  let catalog: Catalog;
  let camera: OwnedCamera;
  let sequence = 0;

  beforeEach(async () => {
    sequence = 0;
    database = await freshDatabase();
    clock = new SimulatedClock(NOW_MS);
    catalog = await openCatalog({ databaseUrl: database.url, clock, log: silentLog });
    camera = await catalog.tenant(1).cameras.create(CAMERA);
  });
  afterEach(() => catalog.close());

  const across = () => catalog.acrossTenants;
  const at = (minute: number) => NOW_MS + minute * MINUTE_MS;
  const closed = async (minute: number, sizeBytes = 1000, of = camera) => {
    const startMs = at(minute);
    const name = segmentName(startMs);
    sequence += 1;
    await across().takeReport({
      ...{ workerName: `1-${of.id}`, workerUuid: "journal", sequence, tenantId: 1, cameraId: of.id },
      report: {
        ...{ kind: "segment_closed", name, runId: "run", number: 0, startMs, endMs: startMs + MINUTE_MS },
        ...{ sizeBytes, state: "closed", payloadSha256: "0f".repeat(32), recordingKind: "continuous" },
      },
    });
    return name;
  };
  const remove = (minute: number, cause: "deleted_by_user" | "deleted_by_retention" = "deleted_by_retention") => {
    const startMs = at(minute);
    return across().takeDeletion(camera.id, {
      ...{ name: segmentName(startMs), startMs, endMs: startMs + MINUTE_MS, cause },
    });
  };
  const deleted = async () =>
    (await catalog.ledger(camera).deleted({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER })).map(
      ({ startMs, endMs, cause }) => `${(startMs - NOW_MS) / MINUTE_MS}-${(endMs - NOW_MS) / MINUTE_MS} ${cause}`,
    );

  describe("locks", () => {
    const lock = (change: object = {}) => ({
      ...{ cameraIds: [camera.id], startMs: at(0), endMs: at(5), reason: "accident", createdBy: "ada" },
      ...{ expiresAtMs: null, ...change },
    });

    it("are a tenant's own, newest first in pages, and of one camera where asked for", async () => {
      await database.execute("insert into tenants (name) values ('Second')");
      const { locks } = catalog.tenant(1);
      const first = await locks.create(lock());
      const second = await locks.create(lock({ cameraIds: [camera.id, 99] }));
      expect(second).toEqual({ id: second.id, createdAtMs: NOW_MS, ...lock({ cameraIds: [camera.id, 99] }) });
      const page = await locks.list({ limit: 1 });
      expect(page.items).toEqual([second]);
      expect((await locks.list({ limit: 1, cursor: page.nextCursor ?? "" })).items).toEqual([first]);
      expect((await locks.list({ limit: 9 }, { cameraId: 99 })).items).toEqual([second]);
      expect(await locks.ofCamera(camera.id)).toEqual([first, second]);
      expect((await catalog.tenant(2).locks.list({ limit: 9 })).items).toEqual([]);
      expect(await catalog.tenant(2).locks.remove(first.id)).toBeUndefined();
      expect(await locks.remove(first.id)).toEqual(first);
      expect(await locks.remove(first.id)).toBeUndefined();
    });

    it("that have expired are not told; who deletes is told them, and decides what time it is", async () => {
      const { locks } = catalog.tenant(1);
      await locks.create(lock({ expiresAtMs: at(10) }));
      clock.advance(10 * MINUTE_MS);
      expect(await locks.ofCamera(camera.id)).toEqual([]);
      expect((await locks.list({ limit: 9 })).items).toEqual([]);
      const [span] = (await across().locksByCamera()).get(camera.id) ?? [];
      expect(span).toEqual({ startMs: at(0), endMs: at(5), expiresAtMs: at(10) });
    });
  });

  describe("deletions", () => {
    it("take the row and its share of the totals, and can be told twice", async () => {
      const name = await closed(0);
      await closed(1);
      expect(await remove(0)).toEqual({ kind: "deleted", startMs: at(0), endMs: at(1) });
      expect(await catalog.segments(camera).byName(name)).toBeUndefined();
      expect(await catalog.segments(camera).totals()).toEqual({ count: 1, sizeBytes: 1000, durationMs: MINUTE_MS });
      await remove(0);
      expect(await catalog.segments(camera).totals()).toMatchObject({ count: 1 });
      expect(await deleted()).toEqual(["0-1 deleted_by_retention"]);
    });

    it("of neighbours are one span, in whatever order they come, and the first cause stays", async () => {
      for (const minute of [0, 2, 1, 7]) await remove(minute);
      expect(await deleted()).toEqual(["0-3 deleted_by_retention", "7-8 deleted_by_retention"]);
      await remove(3, "deleted_by_user");
      await remove(0, "deleted_by_user");
      expect(await deleted()).toEqual(["0-3 deleted_by_retention", "3-4 deleted_by_user", "7-8 deleted_by_retention"]);
    });

    it("are reported by workers too, and a row without a file goes", async () => {
      const name = await closed(0);
      const report = { kind: "segment_deleted", name, startMs: at(0), endMs: at(1), cause: "deleted_by_user" } as const;
      const origin = { workerName: `1-${camera.id}`, workerUuid: "journal", tenantId: 1, cameraId: camera.id };
      const outcome = await across().takeReport({ ...origin, sequence: ++sequence, report });
      expect(outcome).toEqual({ kind: "deleted", startMs: at(0), endMs: at(1) });
      expect(await deleted()).toEqual(["0-1 deleted_by_user"]);
      const other = await closed(5);
      await across().takeGone(camera.id, other);
      await across().takeGone(camera.id, other);
      expect(await catalog.segments(camera).totals()).toMatchObject({ count: 0 });
    });
  });

  it("usage tells sums and ends of every camera, and the oldest come first, in parts", async () => {
    expect(await across().hasFootage()).toBe(false);
    for (const minute of [0, 1, 2]) await closed(minute, 1000 * (minute + 1));
    expect(await across().hasFootage()).toBe(true);
    const [usage] = await across().usageByCamera();
    const sums = { count: 3, sizeBytes: 6000, durationMs: 3 * MINUTE_MS };
    expect(usage).toEqual({ cameraId: camera.id, ...sums, oldestMs: at(0), newestMs: at(3) });
    const first = await across().oldestSegments(camera.id, { afterMs: 0, count: 2 });
    expect(first.map(({ startMs }) => startMs)).toEqual([at(0), at(1)]);
    const rest = await across().oldestSegments(camera.id, { afterMs: at(1), count: 2 });
    expect(rest).toMatchObject([{ startMs: at(2), sizeBytes: 3000, open: false }]);
    expect(await across().bytesBegunIn(camera.id, { startMs: at(1), endMs: at(2) })).toBe(2000);
    expect(await across().bytesTouching(camera.id, { startMs: at(1) + 1, endMs: at(2) + 1 })).toBe(5000);
  });

  it("a camera's storage settings and the wish to delete its footage are kept", async () => {
    const { cameras } = catalog.tenant(1);
    expect(camera.storage).toEqual({});
    const changed = await cameras.update(camera.id, () => ({ storage: { max_storage_gb: 2.5 } }));
    expect(changed?.after.storage).toEqual({ max_storage_gb: 2.5 });
    expect(await cameras.remove(camera.id, { withFootage: true })).toMatchObject({ footageUnwanted: true });
    expect(await across().everyCamera()).toMatchObject([{ id: camera.id, footageUnwanted: true }]);
  });

  it("what a tenant's footage may take is kept, up to a million GB; nothing at first", async () => {
    const [tenant] = await across().tenants();
    expect(tenant).toMatchObject({ id: 1, maxStorageBytes: 0 });
    const changed = { ...tenant, maxStorageBytes: 1e15 };
    expect(await across().setTenantLimit(1, 1e15)).toEqual(changed);
    expect(await across().tenant(1)).toEqual(changed);
    expect(await across().setTenantLimit(99, 1)).toBeUndefined();
  });

  it("places are the built-in ones until they are changed, and the volume is kept", async () => {
    expect(await catalog.places.get()).toEqual({ places: {}, approvedRoots: [], volumes: {}, recordingsVolume: null });
    const changed = {
      places: { recordings: "/mnt/disk" },
      approvedRoots: ["/mnt"],
      volumes: { thumbnails: "another" },
    };
    await catalog.places.set(changed);
    await catalog.places.setRecordingsVolume("a-volume");
    expect(await catalog.places.get()).toEqual({ ...changed, recordingsVolume: "a-volume" });
  });
}
