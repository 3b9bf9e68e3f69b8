import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Log, silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { IDENTITY, type MadeSegment, madeSegment } from "../footage/made-segment.contract.ts";
import { beginVolume } from "../footage/volume.ts";
import type { Report, WorkerStorage } from "../ipc/messages.ts";
import { KEPT_FOR_EVER } from "../ipc/worker-storage.contract.ts";
import { segmentName } from "../recording/segment-name.ts";
import { FootageRetention } from "./footage-retention.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = IDENTITY.startMs + 10 * DAY_MS;
const root = testFolder();
let made: MadeSegment;
let count = 0;
let folder: string;
let storage: WorkerStorage;
let clock: SimulatedClock;
let reports: Report[];
let lines: string[];
let retention: FootageRetention | null;

beforeAll(async () => {
  made = await madeSegment({ seconds: 2, sound: false });
});
beforeEach(async () => {
  count += 1;
  const path = join(root, String(count));
  storage = { ...KEPT_FOR_EVER, volume: { path, id: await beginVolume(path) }, retentionMs: 3 * DAY_MS };
  folder = join(path, "12");
  await mkdir(folder);
  clock = new SimulatedClock(NOW_MS);
  reports = [];
  lines = [];
  retention = null;
});
afterEach(() => retention?.close());

/** A segment that was closed so long ago. */
async function segment(agoMs: number, bytes = made.closed): Promise<string> {
  const name = segmentName(NOW_MS - agoMs);
  await writeFile(join(folder, name), bytes);
  const mtime = (NOW_MS - agoMs) / 1000;
  await utimes(join(folder, name), mtime, mtime);
  return name;
}

async function start(newestMs = NOW_MS): Promise<FootageRetention> {
  const info = (message: string): void => void lines.push(message);
  const log: Log = { ...silentLog, info, named: () => log };
  retention = await FootageRetention.start({
    settings: () => ({ cameraUuid: IDENTITY.cameraUuid, segmentFolder: folder, storage }),
    ...{ clock, log, newestMs, journalPath: join(root, `${count}.jsonl`), beliefPath: join(root, `${count}.belief`) },
    report: async (report) => void reports.push(report),
  });
  return retention;
}

const left = async () => (await readdir(folder)).filter((name) => name.endsWith(".mp4")).sort();

describe("a worker's retention", () => {
  it("deletes what is past it at the start, every hour, and when it is changed, and says so", async () => {
    const [old, soon, young] = [await segment(4 * DAY_MS), await segment(3 * DAY_MS - 1000), await segment(DAY_MS)];
    const running = await start();
    await running.idle();
    expect(await left()).toEqual([soon, young]);
    expect(lines).toEqual([`retention: deleting ${join(folder, old)}`]);
    expect(reports).toMatchObject([{ kind: "segment_deleted", name: old, cause: "deleted_by_retention" }]);
    clock.advance(HOUR_MS);
    await running.idle();
    expect(await left()).toEqual([young]);
    storage = { ...storage, retentionMs: HOUR_MS };
    running.settingsChanged();
    await running.idle();
    expect(await left()).toEqual([]);
    expect(lines).toHaveLength(3);
  });

  it("keeps what is locked, guaranteed, open, another camera's, or nobody's; and everything where it is without end", async () => {
    const names = [
      await segment(5 * DAY_MS),
      await segment(6 * DAY_MS, made.open),
      await segment(7 * DAY_MS, Buffer.from("not a segment")),
      await segment(8 * DAY_MS),
    ].sort();
    const locked = { startMs: IDENTITY.startMs, endMs: IDENTITY.startMs + 1, expiresAtMs: null };
    const original = storage;
    const sweptWith = async (change: Partial<WorkerStorage>) => {
      storage = { ...original, ...change };
      if (retention === null) await start();
      else retention.settingsChanged();
      await retention?.idle();
      return left();
    };
    for (const change of [{ locks: [locked] }, { minimumRetentionMs: 20 * DAY_MS }, { retentionMs: 0 }])
      expect(await sweptWith(change)).toEqual(names);
    expect(await sweptWith({})).toEqual([names[1], names[2]]);
  });

  it("deletes nothing with a clock that is a year ahead, nor where the volume is away", async () => {
    const names = [await segment(DAY_MS), await segment(2 * DAY_MS)];
    clock.step(365 * DAY_MS);
    const running = await start(NOW_MS);
    for (let hour = 0; hour < 30; hour += 1) {
      clock.advance(HOUR_MS);
      await running.idle();
    }
    expect(await left()).toEqual(names.sort());
    // The server says that it is right.
    storage = {
      ...storage,
      clockBelievedMs: clock.nowMs(),
      volume: { path: join(root, String(count)), id: "another" },
    };
    running.settingsChanged();
    const refusal = await running.delete({ names, cause: "deleted_by_user", why: "asked" });
    expect(refusal).toMatchObject({ deleted: [], problem: expect.stringContaining("volume") });
    expect(await left()).toEqual(names);
  });

  it("deletes for the server what it names, and answers what became of each", async () => {
    const [one, two] = [await segment(2 * HOUR_MS), await segment(HOUR_MS)];
    const running = await start();
    const command = { names: [one, "2026-01-01_00-00-00.mp4"], cause: "deleted_by_user", why: "asked" } as const;
    expect(await running.delete(command)).toMatchObject({
      deleted: [{ name: one, cause: "deleted_by_user" }],
      refused: [{ name: "2026-01-01_00-00-00.mp4", reason: "missing" }],
      problem: null,
    });
    expect(await left()).toEqual([two]);
    expect(reports).toMatchObject([{ kind: "segment_deleted", name: one }, { kind: "segment_gone" }]);
  });
});
