import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { silentLog } from "../../base/log.ts";
import { SimulatedClock } from "../../base/simulated-clock.ts";
import { testFolder } from "../../base/test-folder.contract.ts";
import type { OwnedCamera } from "../../catalog/cameras.ts";
import { CAMERA, NOW_MS } from "../../catalog/catalog.contract.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { freshSqlite } from "../../catalog/fresh-sqlite.contract.ts";
import { openCatalog } from "../../catalog/open-catalog.ts";
import type { Report } from "../../ipc/messages.ts";
import { workerName } from "../../ipc/messages.ts";
import { segmentName } from "../../recording/segment-name.ts";
import { rowsToCome } from "./rows-to-come.ts";

const folder = testFolder();
const opened = (startMs: number): Report => ({
  kind: "segment_opened",
  ...{ name: segmentName(startMs), runId: "run", number: 0, startMs, recordingKind: "continuous" as const },
});
const FIRST = opened(NOW_MS);
const SECOND = opened(NOW_MS + 60_000);
let catalog: Catalog;
let camera: OwnedCamera;

beforeAll(async () => {
  const { url: databaseUrl } = freshSqlite(folder);
  catalog = await openCatalog({ databaseUrl, clock: new SimulatedClock(NOW_MS), log: silentLog });
  camera = await catalog.tenant(1).cameras.create(CAMERA);
});
afterAll(() => catalog.close());

it("what waits in a worker's journal is as good as told, and what was taken before is not told twice", async () => {
  const origin = { workerName: workerName(1, camera.id), workerUuid: "journal", tenantId: 1, cameraId: camera.id };
  await catalog.acrossTenants.takeReport({ ...origin, sequence: 1, report: FIRST });
  await catalog.acrossTenants.takeReport({
    ...origin,
    sequence: 2,
    report: { kind: "segment_gone", name: segmentName(NOW_MS) },
  });
  const lines = [
    { workerUuid: "journal", after: 0 },
    { sequence: 1, report: FIRST },
    { sequence: 3, report: SECOND },
    { sequence: 4, report: { kind: "ledger_noted", atMs: NOW_MS, state: { kind: "gap", cause: "stopped" } } },
  ];
  await writeFile(join(folder, "reports.jsonl"), `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"sequ`);
  const rows = await rowsToCome([], { catalog, camera, worker: folder });
  expect(rows).toMatchObject([{ name: segmentName(NOW_MS + 60_000), state: "open" }]);
});

it("a worker without a journal has nothing to tell", async () => {
  expect(await rowsToCome([], { catalog, camera, worker: join(folder, "nobody") })).toEqual([]);
});
