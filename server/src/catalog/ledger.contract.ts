import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { LedgerEntry, LedgerState } from "../recording/ledger.ts";
import type { OwnedCamera } from "./cameras.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";

const RECORDED: LedgerState = { kind: "recorded", recording: "continuous" };
const OFFLINE: LedgerState = { kind: "gap", cause: "camera_offline" };
const DISABLED: LedgerState = { kind: "not_wanted", cause: "mode_disabled" };

/** What the ledgers of the cameras promise on every database. */
export function ledgerContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let catalog: Catalog;
  let camera: OwnedCamera;
  let sequence: number;

  beforeEach(async () => {
    sequence = 0;
    const { url: databaseUrl } = await freshDatabase();
    catalog = await openCatalog({ databaseUrl, clock: new SimulatedClock(NOW_MS), log: silentLog });
    camera = await catalog.tenant(1).cameras.create(CAMERA);
  });
  afterEach(() => catalog.close());

  const numbered = (at: number, entry: LedgerEntry, from = camera) => ({
    workerName: `1-${from.id}`,
    workerUuid: "journal",
    tenantId: 1,
    cameraId: from.id,
    sequence: at,
    report: { kind: "ledger_noted" as const, ...entry },
  });
  const note = (atMs: number, state: LedgerState, from = camera) =>
    catalog.acrossTenants.takeReport(numbered(++sequence, { atMs, state }, from));
  const within = (startMs: number, endMs: number) => catalog.ledger(camera).within({ startMs, endMs });
  const all = () => within(0, Number.MAX_SAFE_INTEGER);

  it("takes each line exactly once, as it was told", async () => {
    const entry = { atMs: NOW_MS, state: RECORDED };
    expect(await catalog.acrossTenants.takeReport(numbered(1, entry))).toEqual({ kind: "noted" });
    expect(await catalog.acrossTenants.takeReport(numbered(1, entry))).toEqual({ kind: "already_taken" });
    const late = { atMs: NOW_MS + 5, state: OFFLINE };
    expect(await catalog.acrossTenants.takeReport(numbered(1, late))).toEqual({ kind: "already_taken" });
    expect(await all()).toEqual([entry]);
  });

  it("told again under another number, by a worker that lost its journal, is the same line", async () => {
    await note(NOW_MS, RECORDED);
    await note(NOW_MS, RECORDED);
    expect(await all()).toEqual([{ atMs: NOW_MS, state: RECORDED }]);
  });

  it("of one instant keeps what was told last, because the first held for no time", async () => {
    await note(NOW_MS, RECORDED);
    await note(NOW_MS, OFFLINE);
    expect(await all()).toEqual([{ atMs: NOW_MS, state: OFFLINE }]);
  });

  it("tells of a span what holds at its start and what begins in it", async () => {
    const entries = [RECORDED, OFFLINE, RECORDED, DISABLED].map((state, i) => ({ atMs: NOW_MS + i * 1000, state }));
    for (const { atMs, state } of entries) await note(atMs, state);
    expect(await within(NOW_MS + 1500, NOW_MS + 2001)).toEqual(entries.slice(1, 3));
    expect(await within(NOW_MS + 1000, NOW_MS + 2000)).toEqual(entries.slice(1, 2));
    expect(await within(NOW_MS - 1000, NOW_MS)).toEqual([]);
    expect(await within(NOW_MS - 1000, NOW_MS + 1)).toEqual(entries.slice(0, 1));
    expect(await within(NOW_MS + 90_000, NOW_MS + 91_000)).toEqual(entries.slice(3));
  });

  it("tells the lines around an instant", async () => {
    for (let i = 0; i < 6; i++) await note(NOW_MS + i * 1000, i % 2 === 0 ? RECORDED : OFFLINE);
    const around = async (atMs: number, count: number) =>
      (await catalog.ledger(camera).around(atMs, count)).map((entry) => (entry.atMs - NOW_MS) / 1000);
    expect(await around(NOW_MS + 2000, 1)).toEqual([2, 3]);
    expect(await around(NOW_MS + 2999, 2)).toEqual([1, 2, 3, 4]);
    expect(await around(NOW_MS - 1, 2)).toEqual([0, 1]);
    expect(await around(NOW_MS + 99_000, 1)).toEqual([5]);
  });

  it("is each camera's own", async () => {
    const other = await catalog.tenant(1).cameras.create(CAMERA);
    await note(NOW_MS, OFFLINE, other);
    expect(await all()).toEqual([]);
    expect(await catalog.ledger(other).around(NOW_MS, 5)).toEqual([{ atMs: NOW_MS, state: OFFLINE }]);
  });

  it("refuses lines that it cannot read, once, and goes on with the next", async () => {
    const refused = { kind: "refused", reason: expect.stringContaining("ledger_noted") };
    expect(await note(NOW_MS, { kind: "gap", cause: "of_the_future" } as unknown as LedgerState)).toMatchObject(
      refused,
    );
    expect(await note(NOW_MS, { kind: "dreamt" } as unknown as LedgerState)).toMatchObject(refused);
    expect(await note(NOW_MS + 0.5, RECORDED)).toMatchObject(refused);
    expect(await note(NOW_MS, RECORDED)).toEqual({ kind: "noted" });
    expect(await all()).toEqual([{ atMs: NOW_MS, state: RECORDED }]);
  });
}
