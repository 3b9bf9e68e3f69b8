import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { Report, SegmentClosed } from "../ipc/messages.ts";
import { localDays, overlapMs } from "../recording/days.ts";
import { segmentName } from "../recording/segment-name.ts";
import type { OwnedCamera } from "./cameras.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";
import type { StoredSegment } from "./segments.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SHA = "0f".repeat(32);
const OTHER_SHA = "1e".repeat(32);
const ALL = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };

function closed(startMs: number, endMs = startMs + MINUTE_MS): SegmentClosed {
  const name = segmentName(startMs);
  const common = {
    kind: "segment_closed",
    runId: "run",
    number: 0,
    state: "closed",
    recordingKind: "continuous",
  } as const;
  return { ...common, name, startMs, endMs, sizeBytes: 1000, payloadSha256: SHA };
}

/** What the calendar and playlists ask of the segments, on every database. */
export function outlinesContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let catalog: Catalog;
  let camera: OwnedCamera;
  let sequence: number;

  beforeEach(async () => {
    sequence = 0;
    const { url } = await freshDatabase();
    catalog = await openCatalog({ databaseUrl: url, clock: new SimulatedClock(NOW_MS), log: silentLog });
    camera = await catalog.tenant(1).cameras.create(CAMERA);
  });
  afterEach(() => catalog.close());

  const take = (report: Report) => {
    const origin = { workerName: "1-1", workerUuid: "journal", tenantId: 1, cameraId: camera.id };
    return catalog.acrossTenants.takeReport({ ...origin, sequence: ++sequence, report });
  };
  const outlines = async () =>
    (await catalog.segments(camera).outlined(ALL)).map(({ outline }) => outline && Buffer.from(outline).toString());
  const outlined = (startMs: number, outline: string): SegmentClosed => ({
    ...closed(startMs),
    outline: Buffer.from(outline).toString("base64"),
  });
  const keep = async (rows: readonly StoredSegment[], outline: string) =>
    catalog.segments(camera).keepOutlines(rows.map((row) => ({ ...row, outline: Buffer.from(outline) })));

  it("an outline comes with the report of its segment, or later, and a later one takes its place", async () => {
    await take(outlined(NOW_MS, "reported"));
    await take(closed(NOW_MS + MINUTE_MS));
    await take({ ...closed(NOW_MS + 2 * MINUTE_MS), kind: "segment_opened" });
    expect(await outlines()).toEqual(["reported", null, null]);
    const rows = await catalog.segments(camera).within(ALL);
    await keep(rows, "made");
    expect(await outlines()).toEqual(["made", "made", null]);
    expect((await catalog.segments(camera).outlined({ startMs: NOW_MS, endMs: NOW_MS + 1 })).length).toBe(1);
  });

  it("an outline goes with its segment, deleted, missing, or taken out by a reindex", async () => {
    for (let i = 0; i < 3; i += 1) await take(outlined(NOW_MS + i * MINUTE_MS, "reported"));
    const [first, second, third] = await catalog.segments(camera).within(ALL);
    if (first === undefined || second === undefined || third === undefined) throw new Error("no segments");
    await catalog.acrossTenants.takeDeletion(camera.id, { ...first, cause: "deleted_by_user" });
    await catalog.acrossTenants.takeGone(camera.id, second.name);
    await catalog.restore.footage(camera, { removed: [third], stored: [], ledger: [] });
    await catalog.restore.footage(camera, { removed: [], stored: [first, second, third], ledger: [] });
    expect(await outlines()).toEqual([null, null, null]);
  });

  it("an outline is not that of other bytes of the same name and start, whichever comes first", async () => {
    await take(outlined(NOW_MS, "reported"));
    const before = await catalog.segments(camera).within(ALL);
    await take({ ...closed(NOW_MS), state: "repaired", payloadSha256: OTHER_SHA });
    expect(await outlines()).toEqual([null]);
    await keep(before, "made of what was there before");
    expect(await outlines()).toEqual([null]);
    await keep(await catalog.segments(camera).within(ALL), "made");
    expect(await outlines()).toEqual(["made"]);
    await catalog.acrossTenants.takeGone(camera.id, closed(NOW_MS).name);
    await keep(before, "made of what is gone");
    expect(await outlines()).toEqual([]);
  });

  it("an outline stays when its file is moved to the share", async () => {
    await take(outlined(NOW_MS, "reported"));
    await take({ kind: "segment_moved", name: closed(NOW_MS).name });
    expect(await catalog.segments(camera).outlined(ALL)).toMatchObject([{ onShare: true, outline: expect.anything() }]);
  });

  it("the footage of spans is that of the closed segments in them, to the millisecond", async () => {
    const at = (minutes: number) => NOW_MS + minutes * MINUTE_MS;
    for (const minutes of [0, 1, 2, 4, 5, 9]) await take(closed(at(minutes)));
    await take({ ...closed(at(10)), kind: "segment_opened" });
    const { footageMs } = catalog.segments(camera);
    const minutesOf = async (...spans: readonly (readonly [number, number])[]) =>
      (await footageMs(spans.map(([from, to]) => ({ startMs: at(from), endMs: at(to) })))).map((ms) => ms / MINUTE_MS);
    expect(await minutesOf([-100, 100])).toEqual([6]);
    expect(await minutesOf([-1, 0], [0, 1], [1.5, 4.5], [7, 8], [9.25, 9.5], [10, 11])).toEqual([0, 1, 2, 0, 0.25, 0]);
    expect(await minutesOf()).toEqual([]);
  });

  it("the footage of the days of a month is that of the single segments, whatever crosses midnight", async () => {
    const plan = fc.record({ ms: fc.nat(20 * HOUR_MS), next: fc.constantFrom("joins", "joins", "follows a hole") });
    let startMs = Date.UTC(2026, 2, 1);
    const days = localDays("2026-03", "Europe/Berlin");
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { maxLength: 12 }), async (plans) => {
        const other = await catalog.tenant(1).cameras.create(CAMERA);
        startMs = Date.UTC(2026, 2, 20);
        const stored = plans.map(({ ms, next }): StoredSegment => {
          const times = { startMs, endMs: startMs + ms };
          startMs += next === "joins" ? Math.max(1, ms) : ms + 4 * HOUR_MS;
          const file = { name: segmentName(times.startMs), sizeBytes: 1, payloadSha256: SHA, onShare: false };
          return {
            ...{ cameraId: other.id, ...times, ...file, runId: "run", number: 0 },
            ...{ state: "closed", kind: "continuous" },
          };
        });
        await catalog.restore.footage(other, { removed: [], stored, ledger: [] });
        const expected = days.map((day) => stored.reduce((sum, segment) => sum + overlapMs(segment, day), 0));
        expect(await catalog.segments(other).footageMs(days)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("a span is never fuller than it is long, though a damaged catalog had segments overlap", async () => {
    const other = await catalog.tenant(1).cameras.create(CAMERA);
    const file = { sizeBytes: 1, payloadSha256: SHA, onShare: false };
    const stored = [0, 1].map((ms): StoredSegment => {
      const times = { startMs: NOW_MS + ms, endMs: NOW_MS + HOUR_MS };
      return {
        ...{
          cameraId: other.id,
          ...times,
          ...file,
          name: segmentName(times.startMs, ms + 1),
          runId: "run",
          number: ms,
        },
        ...{ state: "closed", kind: "continuous" },
      };
    });
    await catalog.restore.footage(other, { removed: [], stored, ledger: [] });
    const span = { startMs: NOW_MS, endMs: NOW_MS + HOUR_MS };
    expect(await catalog.segments(other).footageMs([span])).toEqual([HOUR_MS]);
  });
}
