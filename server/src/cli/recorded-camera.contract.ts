import { cp } from "node:fs/promises";
import { join } from "node:path";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { FreshDatabase } from "../catalog/catalog.contract.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { freshSqlite } from "../catalog/fresh-sqlite.contract.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import type { RestoredCamera } from "../catalog/restore.ts";
import { describeCamera, writeCameraDescription } from "../footage/camera-description.ts";
import { localDays } from "../recording/days.ts";
import { ledgerSpans } from "../recording/ledger.ts";
import { buildTimeline } from "../recording/timeline.ts";
import { segmentToWire } from "../recording/wire.ts";
import type { CheckOptions } from "../storage/check/check-camera.ts";
import { EndlessFootage, SimulatedCamera } from "../worker/simulated-camera.contract.ts";

const START_MS = Date.UTC(2026, 3, 9, 21, 58, 0);
const END_MS = START_MS + 600_000;
const TIME_ZONE = "Europe/Berlin";
export const ALL = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };

/** As the simulated camera calls itself. */
export const CAMERA: RestoredCamera = {
  id: 7,
  tenantId: 1,
  uuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  name: "Gate",
  timeZone: TIME_ZONE,
  createdAtMs: START_MS,
  deletedAtMs: null,
};

/** An installation's data folder and catalog, while no server works on it. */
export interface Stopped {
  readonly folder: string;
  readonly database: FreshDatabase;
  readonly catalog: Catalog;
  /** For `check` and `reindex`. */
  readonly options: Omit<CheckOptions, "deep" | "fix">;
  /** The camera's folder. */
  readonly at: (...parts: string[]) => string;
}

/** Opens the catalog of a data folder, makes it where there is none. */
export async function openStopped(folder: string): Promise<Stopped> {
  const database = freshSqlite(folder);
  const clock = new SimulatedClock(END_MS);
  const catalog = await openCatalog({ databaseUrl: database.url, clock, log: silentLog });
  const recordings = join(folder, "recordings");
  const at = (...parts: string[]) => join(recordings, String(CAMERA.id), ...parts);
  const nobody: ReadonlySet<string> = new Set();
  const workers = join(folder, "workers");
  const options = { catalog, recordings, workers, clock, share: null, runningWorkers: async () => nobody };
  return { folder, database, catalog, options, at };
}

/** Three minutes of real segments over midnight in Berlin, with a gap, a span in which nothing was wanted, and their reports taken in. */
export async function recordCamera(folder: string): Promise<void> {
  const { catalog, at } = await openStopped(folder);
  const camera = await SimulatedCamera.start({
    footage: await EndlessFootage.make(10, true),
    folder: at(),
    startMs: START_MS,
    recorder: { segmentSeconds: 20 },
  });
  camera.connect();
  await camera.bring(65);
  camera.control.runEnded("camera_offline");
  await camera.wait(30);
  camera.connect();
  await camera.bring(45);
  camera.control.update({ ...camera.settings, mode: "disabled" });
  await camera.bring(20);
  camera.control.update(camera.settings);
  await camera.bring(35);
  await camera.end();
  await writeCameraDescription(at(), describeCamera(CAMERA));
  await catalog.restore.camera(CAMERA);
  const reports = [...camera.reports, ...camera.entries.map((entry) => ({ kind: "ledger_noted" as const, ...entry }))];
  for (const [index, report] of reports.entries()) {
    const origin = { workerName: "1-7", workerUuid: "journal", tenantId: 1, cameraId: CAMERA.id };
    await catalog.acrossTenants.takeReport({ ...origin, sequence: index + 1, report });
  }
  await catalog.close();
}

/** A copy of what `recordCamera` has made. */
export async function copyOf(recorded: string, folder: string): Promise<Stopped> {
  // A closed catalog is one whole file. SQLite takes what is left of the log away later, at any moment.
  const filter = (source: string) => !/-(wal|shm)$/.test(source);
  await cp(recorded, folder, { recursive: true, preserveTimestamps: true, filter });
  return openStopped(folder);
}

/** What the API answers of the camera is made of: segments, totals, days and timeline, as text. */
export async function answersOf({ catalog }: Pick<Stopped, "catalog">): Promise<string> {
  const camera = await ownedCamera(catalog);
  const segments = await catalog.segments(camera).within(ALL);
  const spans = await catalog.segments(camera).spans(ALL);
  const span = { startMs: START_MS, endMs: END_MS };
  const ledger = await catalog.ledger(camera).within(span);
  const answers = {
    segments: segments.map((segment) => segmentToWire(segment, [])),
    totals: await catalog.segments(camera).totals(),
    days: await catalog.segments(camera).footageMs(localDays("2026-04", TIME_ZONE)),
    timeline: buildTimeline({
      footage: spans,
      ledger: ledgerSpans(ledger, START_MS, END_MS),
      ...span,
      accountedFromMs: camera.createdAtMs,
      accountedToMs: END_MS,
      resolutionMs: 0,
    }),
  };
  return JSON.stringify(answers, null, 1);
}

export async function ownedCamera(catalog: Catalog): Promise<OwnedCamera> {
  const camera = await catalog.tenant(CAMERA.tenantId).cameras.get(CAMERA.id, { includeDeleted: true });
  if (camera === undefined) throw new Error("the camera is not in the catalog");
  return camera;
}
