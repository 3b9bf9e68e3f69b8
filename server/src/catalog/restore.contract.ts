import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { LedgerEntry } from "../recording/ledger.ts";
import { segmentName } from "../recording/segment-name.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog, openCatalogToRead } from "./open-catalog.ts";
import type { RestoredCamera } from "./restore.ts";
import type { StoredSegment } from "./segments.ts";

const RESTORED: RestoredCamera = {
  id: 41,
  tenantId: 3,
  uuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  name: "Gate",
  timeZone: "Europe/Berlin",
  createdAtMs: NOW_MS - 1000,
  deletedAtMs: null,
};
const MINUTE_MS = 60_000;
/** More than are written at once. */
const MANY = 1234;

function segment(number: number): StoredSegment {
  const startMs = NOW_MS + number * MINUTE_MS;
  return {
    cameraId: RESTORED.id,
    startMs,
    endMs: startMs + MINUTE_MS,
    name: segmentName(startMs),
    runId: "run",
    number,
    sizeBytes: 1000,
    state: "closed",
    kind: "continuous",
    payloadSha256: "0f".repeat(32),
    onShare: false,
  };
}

/** What taking cameras and footage in from files promises on every database. */
export function restoreContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let database: FreshDatabase;
  let catalog: Catalog;
  const options = () => ({ databaseUrl: database.url, clock: new SimulatedClock(NOW_MS), log: silentLog });

  beforeEach(async () => {
    database = await freshDatabase();
    catalog = await openCatalog(options());
    await catalog.restore.tenant(3);
    await catalog.restore.camera(RESTORED);
  });
  afterEach(() => catalog.close());

  async function restored() {
    const camera = await catalog.tenant(3).cameras.get(RESTORED.id);
    if (camera === undefined) throw new Error("the camera is not there");
    return camera;
  }

  it("gives new cameras no id that was passed, and none of those there are", async () => {
    await catalog.restore.passCameraIds(RESTORED.id - 1);
    const create = async () => (await catalog.tenant(3).cameras.create(CAMERA)).id;
    expect(await create()).toBe(RESTORED.id + 1);
    await catalog.restore.passCameraIds(100);
    await catalog.restore.passCameraIds(90);
    expect(await create()).toBe(101);
    expect(await catalog.tenant(3).cameras.get(100)).toBeUndefined();
  });

  it("brings a camera back under its own id, of its own tenant, switched off", async () => {
    expect(await restored()).toEqual({
      ...RESTORED,
      groupId: null,
      enabled: false,
      streams: { main: { url: "" }, sub: null },
      username: null,
      passwordSealed: null,
      transport: "tcp",
      recording: {},
      audio: null,
      storage: {},
      footageUnwanted: false,
    });
    expect(await catalog.tenant(1).cameras.get(RESTORED.id)).toBeUndefined();
    expect(await catalog.acrossTenants.tenants()).toEqual([
      { id: 1, name: "Default", maxStorageBytes: 0 },
      { id: 3, name: "Tenant 3", maxStorageBytes: 0 },
    ]);
    await catalog.restore.tenant(3);
  });

  it("never gives the id of one that came back to another", async () => {
    expect((await catalog.tenant(1).cameras.create(CAMERA)).id).toBe(RESTORED.id + 1);
    await catalog.restore.camera({ ...RESTORED, id: 7, uuid: "7b4e28ba-2fa1-11d2-883f-0016d3cca427" });
    expect((await catalog.tenant(1).cameras.create(CAMERA)).id).toBe(RESTORED.id + 2);
  });

  it("does not let a camera be switched on that has no address", async () => {
    const { cameras } = catalog.tenant(3);
    await expect(cameras.update(RESTORED.id, () => ({ enabled: true }))).rejects.toMatchObject({
      code: "invalid_field",
      details: { fields: [{ field: "streams.main.url", message: expect.stringContaining("its address") }] },
    });
    await cameras.update(RESTORED.id, () => ({ name: "West gate" }));
    const changed = await cameras.update(RESTORED.id, () => ({ enabled: true, streams: CAMERA.streams }));
    expect(changed?.after).toMatchObject({ enabled: true, name: "West gate" });
  });

  it("takes segments and ledger entries in and out, any number at once, and adds the totals up again", async () => {
    const camera = await restored();
    const stored = Array.from({ length: MANY }, (_, number) => segment(number));
    const ledger: LedgerEntry[] = [{ atMs: NOW_MS, state: { kind: "recorded", recording: "continuous" } }];
    for (let turn = 0; turn < 2; turn += 1) {
      await catalog.restore.footage(camera, { removed: stored, stored, ledger });
      const all = await catalog.segments(camera).within({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER });
      expect(all).toEqual(stored);
      expect(await catalog.segments(camera).totals()).toEqual({
        count: MANY,
        sizeBytes: MANY * 1000,
        durationMs: MANY * MINUTE_MS,
      });
      expect(await catalog.ledger(camera).around(NOW_MS, 9)).toEqual(ledger);
    }
    await catalog.restore.footage(camera, { removed: stored, stored: [], ledger: [] });
    expect(await catalog.segments(camera).totals()).toEqual({ count: 0, sizeBytes: 0, durationMs: 0 });
  });

  it("is all or nothing", async () => {
    const camera = await restored();
    const twice = { removed: [], stored: [segment(1), segment(2), segment(1)], ledger: [] };
    await expect(catalog.restore.footage(camera, twice)).rejects.toThrow();
    expect(await catalog.segments(camera).within({ startMs: 0, endMs: Number.MAX_SAFE_INTEGER })).toEqual([]);
  });

  it("opened to read lets a catalog be read beside its server, and nothing be written", async () => {
    const reader = await openCatalogToRead(options());
    try {
      expect(await reader.tenant(3).cameras.get(RESTORED.id)).toEqual(await restored());
      await expect(reader.tenant(1).groups.create("Ground floor")).rejects.toThrow();
      expect((await catalog.tenant(1).groups.list({ limit: 1 })).items).toEqual([]);
    } finally {
      await reader.close();
    }
  });

  it("opened to read refuses a catalog of another version", async () => {
    const refusal = (message: string) => ({ code: "unavailable", message: expect.stringContaining(message) });
    await database.execute("insert into kysely_migration (name, timestamp) values ('9999-of-the-future', '2030')");
    await expect(openCatalogToRead(options())).rejects.toMatchObject(refusal("newer version"));
    await database.execute("delete from kysely_migration where name >= '0002'");
    await expect(openCatalogToRead(options())).rejects.toMatchObject(refusal("earlier version"));
  });
}
