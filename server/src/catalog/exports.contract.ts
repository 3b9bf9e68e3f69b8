import type { ExportOrder } from "@nightjar/api/export";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";

const ORDER: ExportOrder = {
  ...{ camera_ids: [1], start: "2026-04-09T12:00:00.000Z", end: "2026-04-09T12:10:00.000Z", format: "mp4" },
  ...{ with_audio: true, timestamps: "none", time_lapse_factor: null, privacy_masks: [] },
};
const RESULT = { contents: [{ name: "a.mp4", sizeBytes: 7, sha256: "ab", crc32: 1 }], files: [], gaps: [] };

/** What exports and signatures of chains promise on every database. */
export function exportsContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let clock: SimulatedClock;
  let catalog: Catalog;

  beforeEach(async () => {
    const { url } = await freshDatabase();
    clock = new SimulatedClock(NOW_MS);
    catalog = await openCatalog({ databaseUrl: url, clock, log: silentLog });
  });
  afterEach(() => catalog.close());

  const exports = () => catalog.tenant(1).exports;
  const create = async (id: string) => {
    clock.advance(1000);
    return exports().create({ id, createdBy: "ada", request: ORDER });
  };
  const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);

  it("keeps the order of the queue over a restart, and puts one that is retried at its end", async () => {
    for (const id of ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"]) await create(id);
    await exports().begin("aaaaaaaaaaaa");
    expect(await exports().begin("aaaaaaaaaaaa")).toBeUndefined();
    expect(
      await exports().finish("bbbbbbbbbbbb", { status: "failed", error: "no space", errorCode: "no_space" }),
    ).toMatchObject({
      status: "failed",
      errorCode: "no_space",
      error: "no space",
    });
    expect(ids(await catalog.acrossTenants.resumeExports())).toEqual(["aaaaaaaaaaaa", "cccccccccccc"]);
    clock.advance(1000);
    expect(await exports().retry("bbbbbbbbbbbb")).toMatchObject({
      status: "queued",
      error: null,
      errorCode: null,
      finishedAtMs: null,
    });
    await expect(exports().retry("bbbbbbbbbbbb")).rejects.toMatchObject({ code: "conflict" });
    expect(ids(await catalog.acrossTenants.resumeExports()).at(-1)).toBe("bbbbbbbbbbbb");
  });

  it("notes the end of an export once, whoever comes first", async () => {
    await create("aaaaaaaaaaaa");
    await exports().begin("aaaaaaaaaaaa");
    const ended = await Promise.all([
      exports().finish("aaaaaaaaaaaa", { status: "ready", result: RESULT }),
      exports().finish("aaaaaaaaaaaa", { status: "cancelled" }),
    ]);
    expect(ended.filter((one) => one !== undefined)).toHaveLength(1);
    const { status, sizeBytes } = (await exports().get("aaaaaaaaaaaa")) ?? {};
    expect([status, sizeBytes]).toEqual(ended[0] === undefined ? ["cancelled", 0] : ["ready", 7]);
  });

  it("lists newest first in pages, knows what is ready, and what is past its time", async () => {
    for (const id of ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]) await create(id);
    await exports().adopt({
      ...{ id: "cccccccccccc", createdBy: "eve", createdAtMs: NOW_MS - 5000, request: ORDER, result: RESULT },
    });
    const first = await exports().list({ limit: 2 });
    expect(ids(first.items)).toEqual(["bbbbbbbbbbbb", "aaaaaaaaaaaa"]);
    const second = await exports().list({ limit: 2, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ id: "cccccccccccc", status: "ready", sizeBytes: 7 }], nextCursor: null });
    expect(Object.fromEntries(await catalog.acrossTenants.exportIds())).toEqual({
      aaaaaaaaaaaa: { ready: false },
      bbbbbbbbbbbb: { ready: false },
      cccccccccccc: { ready: true },
    });
    expect(await catalog.acrossTenants.exportsFinishedBefore(clock.nowMs())).toEqual([]);
    expect(ids(await catalog.acrossTenants.exportsFinishedBefore(clock.nowMs() + 1))).toEqual(["cccccccccccc"]);
    expect(await catalog.tenant(2).exports.get("cccccccccccc")).toBeUndefined();
    expect(await catalog.tenant(2).exports.remove("cccccccccccc")).toBeUndefined();
    expect(await exports().remove("cccccccccccc")).toMatchObject({ id: "cccccccccccc" });
  });

  it("merges patches of the settings, and goes back to what is built in", async () => {
    expect(await catalog.acrossTenants.exportSettings()).toEqual({ keep_days: 30, at_once: 2 });
    await catalog.acrossTenants.updateExportSettings({ keep_days: 90 });
    const { before, after } = await catalog.acrossTenants.updateExportSettings({ at_once: 1 });
    expect([before, after]).toEqual([
      { keep_days: 90, at_once: 2 },
      { keep_days: 90, at_once: 1 },
    ]);
    await catalog.acrossTenants.updateExportSettings({ keep_days: null });
    expect(await catalog.acrossTenants.exportSettings()).toEqual({ keep_days: 30, at_once: 1 });
  });

  it("keeps the first signature of a segment's place in the chain, until its footage is gone", async () => {
    const camera = await catalog.tenant(1).cameras.create(CAMERA);
    const signatures = catalog.chainSignatures(camera);
    const signature = { name: "a.mp4", startMs: 1000, chain: "ab", signedAtMs: 5000, publicKey: "cd", signature: "ef" };
    await signatures.add(signature);
    await signatures.add({ ...signature, chain: "00", signedAtMs: 6000 });
    await signatures.add({ ...signature, name: "b.mp4", startMs: 2000 });
    expect(await signatures.within({ startMs: 0, endMs: 2000 })).toEqual([signature]);
    await signatures.removeBefore(2000);
    expect((await signatures.within({ startMs: 0, endMs: 9000 })).map(({ name }) => name)).toEqual(["b.mp4"]);
  });
}
