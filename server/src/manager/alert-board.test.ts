import { join } from "node:path";
import type { LiveEvent } from "@nightjar/api/live-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventHub } from "../base/event-hub.ts";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { AlertBoard } from "./alert-board.ts";
import type { TenantAlert } from "./group-troubles.ts";

const FULL: TenantAlert = {
  tenantId: 1,
  kind: "storage_unwritable",
  about: "disk_full",
  cameraIds: [1, 2],
  message: "2 cameras are not recorded. The disk is full.",
  action: "Check the disk.",
};
const GROWN: TenantAlert = { ...FULL, cameraIds: [1, 2, 3], message: "3 cameras are not recorded. The disk is full." };
const AWAY: TenantAlert = { ...FULL, kind: "camera_not_recording", about: "camera_offline", cameraIds: [4] };

const folder = testFolder();
let count = 0;
let catalog: Catalog;
let board: AlertBoard;
let told: LiveEvent[];

const newBoard = (over: Catalog = catalog) => {
  const events = new EventHub(new SimulatedClock(0));
  events.subscribe(({ event }) => told.push(event));
  return new AlertBoard({ catalog: over, events, log: silentLog });
};
const open = async () => (await catalog.tenant(1).alerts.list({ limit: 9 }, { open: true })).items;
const closed = async () => (await catalog.tenant(1).alerts.list({ limit: 9 }, { open: false })).items;

beforeEach(async () => {
  told = [];
  const databaseUrl = `sqlite:${join(folder, `${++count}.sqlite`)}`;
  catalog = await openCatalog({ databaseUrl, clock: new SimulatedClock(0), log: silentLog });
  board = newBoard();
});
afterEach(() => catalog.close());

describe("the alert board", () => {
  it("keeps one alert open while cameras come and go, and closes it when the last is well; each change is told once", async () => {
    await board.show([FULL]);
    await board.show([FULL]);
    const [first] = await open();
    await board.show([GROWN]);
    await board.show([GROWN, AWAY]);
    expect((await open()).map(({ cameraIds }) => cameraIds)).toEqual([[4], [1, 2, 3]]);
    await board.show([{ ...FULL, cameraIds: [2] }, AWAY]);
    await board.show([AWAY]);
    expect(await closed()).toMatchObject([{ id: first?.id, cameraIds: [2] }]);
    await board.show([]);
    expect(await open()).toEqual([]);
    const seen = told.map(
      (event) => event.type === "alert.changed" && [event.alert.camera_ids, event.alert.until !== null],
    );
    expect(seen).toEqual([
      [[1, 2], false],
      [[1, 2, 3], false],
      [[4], false],
      [[2], false],
      [[2], true],
      [[4], true],
    ]);
  });

  it("closes at the start what another server has left open", async () => {
    await board.show([FULL, AWAY]);
    const next = newBoard();
    await next.clear();
    expect(await open()).toEqual([]);
    await next.show([AWAY]);
    expect(await open()).toMatchObject([{ about: AWAY.about }]);
  });

  it("tries again at the next time what the catalog did not take", async () => {
    let fails = true;
    const tenant: Catalog["tenant"] = (id) => {
      if (fails) throw new Error("no answer");
      return catalog.tenant(id);
    };
    const stubborn = newBoard({ ...catalog, tenant });
    await stubborn.show([FULL]);
    expect(await open()).toEqual([]);
    fails = false;
    await stubborn.show([FULL]);
    expect(await open()).toHaveLength(1);
    fails = true;
    await stubborn.show([]);
    expect(await open()).toHaveLength(1);
    fails = false;
    await stubborn.show([]);
    expect(await open()).toEqual([]);
  });
});
