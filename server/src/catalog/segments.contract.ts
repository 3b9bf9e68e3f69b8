import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { Report, SegmentClosed, SegmentOpened } from "../ipc/messages.ts";
import { segmentName } from "../recording/segment-name.ts";
import type { OwnedCamera } from "./cameras.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";

const MINUTE_MS = 60_000;
const SHA = "0f".repeat(32);

function opened(startMs: number, name = segmentName(startMs)): SegmentOpened {
  return { kind: "segment_opened", name, runId: "run", number: 0, startMs, recordingKind: "continuous" };
}

function closed(startMs: number, endMs: number, name = segmentName(startMs)): SegmentClosed {
  return {
    kind: "segment_closed",
    name,
    runId: "run",
    number: 0,
    startMs,
    endMs,
    sizeBytes: 1000,
    state: "closed",
    payloadSha256: SHA,
    recordingKind: "continuous",
  };
}

/** What segments and the intake of reports promise on every database. */
export function segmentsContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let database: FreshDatabase;
  let catalog: Catalog;
  let camera: OwnedCamera;
  let sequence: number;

  beforeEach(async () => {
    sequence = 0;
    database = await freshDatabase();
    catalog = await openCatalog({ databaseUrl: database.url, clock: new SimulatedClock(NOW_MS), log: silentLog });
    camera = await catalog.tenant(1).cameras.create(CAMERA);
  });
  afterEach(() => catalog.close());

  const origin = () => ({ workerName: "1-1", workerUuid: "journal-a", tenantId: 1, cameraId: camera.id });
  const take = (report: Report) => catalog.acrossTenants.takeReport({ ...origin(), sequence: ++sequence, report });
  const all = async () => (await catalog.segments(camera).list({}, { limit: 1000 })).items;

  describe("reports", () => {
    it("tell that a segment lies on the share, which stays so until it is deleted there", async () => {
      await take(opened(NOW_MS));
      const { name } = opened(NOW_MS);
      expect(await take({ kind: "segment_moved", name })).toEqual({ kind: "unchanged" });
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      expect(await catalog.acrossTenants.hasFootageOnShare()).toBe(false);
      expect(await take({ kind: "segment_moved", name })).toEqual({ kind: "moved" });
      expect(await catalog.acrossTenants.hasFootageOnShare()).toBe(true);
      // Of the copy that a crash left on the disk.
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      await take({ kind: "segment_gone", name });
      await catalog.acrossTenants.takeGone(camera.id, name);
      expect(await catalog.acrossTenants.segment(camera.id, name)).toMatchObject({ onShare: true, sizeBytes: 1000 });
      expect(await catalog.segments(camera).totals()).toMatchObject({ count: 1 });
      await catalog.acrossTenants.takeGone(camera.id, name, "share");
      expect(await all()).toEqual([]);
    });

    it("take a segment from open to closed, and its totals with it", async () => {
      expect(await take(opened(NOW_MS))).toEqual({
        kind: "stored",
        note: null,
        segment: {
          cameraId: camera.id,
          startMs: NOW_MS,
          endMs: NOW_MS,
          name: "2026-04-09_14-30-00.mp4",
          runId: "run",
          number: 0,
          sizeBytes: 0,
          state: "open",
          kind: "continuous",
          payloadSha256: null,
          onShare: false,
        },
      });
      expect(await catalog.segments(camera).totals()).toEqual({ count: 0, sizeBytes: 0, durationMs: 0 });
      const outcome = await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      expect(outcome).toMatchObject({ kind: "stored", segment: { state: "closed", payloadSha256: SHA } });
      expect(await all()).toEqual(outcome.kind === "stored" ? [outcome.segment] : []);
      expect(await catalog.segments(camera).totals()).toEqual({ count: 1, sizeBytes: 1000, durationMs: MINUTE_MS });
    });

    it("are applied exactly once per journal, and a new journal starts anew", async () => {
      const numbered = { ...origin(), sequence: 5, report: closed(NOW_MS, NOW_MS + MINUTE_MS) };
      expect((await catalog.acrossTenants.takeReport(numbered)).kind).toBe("stored");
      expect(await catalog.acrossTenants.takeReport(numbered)).toEqual({ kind: "already_taken" });
      const gone: Report = { kind: "segment_gone", name: numbered.report.name };
      expect(await catalog.acrossTenants.takeReport({ ...numbered, sequence: 4, report: gone })).toEqual({
        kind: "already_taken",
      });
      expect(await all()).toHaveLength(1);
      const anew = { ...numbered, workerUuid: "journal-b", sequence: 1, report: gone };
      expect((await catalog.acrossTenants.takeReport(anew)).kind).toBe("removed");
      expect(await catalog.acrossTenants.takeReport(anew)).toEqual({ kind: "already_taken" });
    });

    it("a closed segment that was never opened here is stored all the same", async () => {
      await take(closed(NOW_MS, NOW_MS + 1));
      expect(await all()).toHaveLength(1);
    });

    it("told twice under different numbers counts once in the totals", async () => {
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      await take({ ...closed(NOW_MS, NOW_MS + MINUTE_MS - 500), state: "repaired", sizeBytes: 900 });
      expect(await catalog.segments(camera).totals()).toEqual({
        count: 1,
        sizeBytes: 900,
        durationMs: MINUTE_MS - 500,
      });
    });

    it("an opening that comes late does not open a closed segment again", async () => {
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      expect(await take(opened(NOW_MS))).toEqual({ kind: "unchanged" });
      expect(await all()).toMatchObject([{ state: "closed" }]);
    });

    it("a start that was settled between opening and closing moves the row", async () => {
      await take(opened(NOW_MS + 400));
      await take(closed(NOW_MS + 350, NOW_MS + MINUTE_MS));
      expect(await all()).toMatchObject([{ startMs: NOW_MS + 350, state: "closed" }]);
    });

    it("two segments that claim the same start are both kept, and the note says what was done", async () => {
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      const other = segmentName(NOW_MS, 2);
      const outcome = await take(closed(NOW_MS, NOW_MS + MINUTE_MS, other));
      expect(outcome).toMatchObject({ kind: "stored", note: expect.stringContaining(other) });
      expect(await all()).toMatchObject([{ startMs: NOW_MS }, { startMs: NOW_MS + 1, name: other }]);
      expect((await catalog.segments(camera).byName(other))?.startMs).toBe(NOW_MS + 1);
    });

    it("the totals over all cameras are the sums, and 0 without any footage", async () => {
      const { acrossTenants } = catalog;
      expect(await acrossTenants.footageTotals()).toEqual({ count: 0, sizeBytes: 0, durationMs: 0 });
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      const other = await catalog.tenant(1).cameras.create(CAMERA);
      const report = closed(NOW_MS, NOW_MS + MINUTE_MS);
      await acrossTenants.takeReport({ ...origin(), workerName: "other", cameraId: other.id, sequence: 1, report });
      expect(await acrossTenants.footageTotals()).toEqual({ count: 2, sizeBytes: 2000, durationMs: 2 * MINUTE_MS });
    });

    it("a segment that is gone leaves list and totals", async () => {
      await take(closed(NOW_MS, NOW_MS + MINUTE_MS));
      const gone: Report = { kind: "segment_gone", name: segmentName(NOW_MS) };
      expect(await take(gone)).toMatchObject({ kind: "removed", segment: { startMs: NOW_MS } });
      expect(await take(gone)).toEqual({ kind: "unchanged" });
      expect(await all()).toEqual([]);
      expect(await catalog.segments(camera).totals()).toEqual({ count: 0, sizeBytes: 0, durationMs: 0 });
    });

    it("that can never be stored are refused with a reason and do not come again", async () => {
      const cases: [Partial<{ tenantId: number; cameraId: number }>, Report][] = [
        [{ cameraId: 4711 }, opened(NOW_MS)],
        [{ tenantId: 2 }, opened(NOW_MS)],
        [{}, opened(NOW_MS, "run.part.mp4")],
        [{}, opened(NOW_MS, segmentName(NOW_MS + 10 * MINUTE_MS))],
      ];
      for (const [where, report] of cases) {
        const numbered = { ...origin(), ...where, sequence: ++sequence, report };
        expect(await catalog.acrossTenants.takeReport(numbered)).toMatchObject({ kind: "refused" });
        expect(await catalog.acrossTenants.takeReport(numbered)).toEqual({ kind: "already_taken" });
      }
      expect(await all()).toEqual([]);
    });

    it("of a removed camera are still taken", async () => {
      await catalog.tenant(1).cameras.remove(camera.id);
      expect((await take(closed(NOW_MS, NOW_MS + 1))).kind).toBe("stored");
    });

    it("are taken whole or not at all", async () => {
      await database.execute("drop table segment_totals");
      const report = closed(NOW_MS, NOW_MS + MINUTE_MS);
      const numbered = { ...origin(), sequence: 1, report };
      await expect(catalog.acrossTenants.takeReport(numbered)).rejects.toThrow("segment_totals");
      expect(await all()).toEqual([]);
      await database.execute(
        `create table segment_totals (camera_id bigint primary key, segment_count bigint, size_bytes bigint, duration_ms bigint)`,
      );
      expect((await catalog.acrossTenants.takeReport(numbered)).kind).toBe("stored");
    });
  });

  describe("segments", () => {
    const starts = () => Array.from({ length: 5 }, (_, i) => NOW_MS + i * 10 * MINUTE_MS);
    const fill = async () => {
      for (const startMs of starts()) await take(closed(startMs, startMs + 10 * MINUTE_MS));
    };

    it("of a span are those that overlap it, oldest first", async () => {
      await fill();
      const [a, b, c] = starts();
      if (a === undefined || b === undefined || c === undefined) throw new Error("no starts");
      const within = async (startMs: number, endMs: number) =>
        (await catalog.segments(camera).within({ startMs, endMs })).map((segment) => segment.startMs);
      expect(await within(a + 1, c)).toEqual([a, b]);
      expect(await within(b, b + 1)).toEqual([b]);
      expect(await within(c - 1, c + 1)).toEqual([b, c]);
      expect(await within(a - 5000, a)).toEqual([]);
      expect(await catalog.segments(camera).spans({ startMs: a, endMs: a + 1 })).toEqual([
        { startMs: a, endMs: b, kind: "continuous", open: false },
      ]);
    });

    it("are listed page by page, each once", async () => {
      await fill();
      const segments = catalog.segments(camera);
      const span = { startMs: NOW_MS + 1 };
      const listed: number[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = await segments.list(span, { limit: 2, cursor });
        listed.push(...page.items.map((segment) => segment.startMs));
        cursor = page.nextCursor;
      }
      expect(listed).toEqual(starts());
    });

    it("an open one counts as reaching on", async () => {
      await take(opened(NOW_MS));
      const later = { startMs: NOW_MS + 5 * MINUTE_MS, endMs: NOW_MS + 6 * MINUTE_MS };
      expect(await catalog.segments(camera).within(later)).toMatchObject([{ startMs: NOW_MS, state: "open" }]);
    });

    it("are found by name and by their neighbours", async () => {
      await fill();
      const segments = catalog.segments(camera);
      const [a, b, c] = starts();
      if (a === undefined || b === undefined || c === undefined) throw new Error("no starts");
      expect(await segments.byName(segmentName(b))).toMatchObject({ startMs: b });
      expect(await segments.byName(segmentName(b + 1000))).toBeUndefined();
      expect(await segments.byName("../secret.key")).toBeUndefined();
      expect(await segments.before(b)).toMatchObject({ startMs: a });
      expect(await segments.after(b)).toMatchObject({ startMs: c });
      expect(await segments.before(a)).toBeUndefined();
    });

    it("of another camera do not mix in", async () => {
      await fill();
      const other = await catalog.tenant(1).cameras.create(CAMERA);
      expect((await catalog.segments(other).list({}, { limit: 10 })).items).toEqual([]);
      expect(await catalog.segments(other).byName(segmentName(NOW_MS))).toBeUndefined();
    });
  });
}
