import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import type { Report } from "../ipc/messages.ts";
import { ReportJournal } from "../ipc/report-journal.ts";
import { takeLeftReports } from "./left-reports.ts";

const workersFolder = testFolder();
const GONE: Report = { kind: "segment_gone", name: "2026-04-09_14-30-00.mp4" };

async function leftBy(name: string, count: number): Promise<string> {
  await mkdir(join(workersFolder, name));
  const journal = await ReportJournal.open(join(workersFolder, name, "reports.jsonl"));
  for (let i = 0; i < count; i += 1) await journal.append(GONE).written;
  await journal.close();
  return journal.workerUuid;
}

it("what workers had to tell that ended without a server is taken in order, whatever one of the journals is like; wanted ones tell it themselves", async () => {
  await leftBy("1-4", 1);
  await mkdir(join(workersFolder, "1-5"));
  await writeFile(join(workersFolder, "1-5", "reports.jsonl"), "{\n");
  await mkdir(join(workersFolder, "1-6"));
  const uuid = await leftBy("2-7", 2);
  const taken: unknown[] = [];
  await takeLeftReports({
    workersFolder,
    wanted: new Set(["1-4"]),
    log: silentLog,
    onReport: async ({ tenantId, cameraId }, { sequence, report }, workerUuid) => {
      taken.push([tenantId, cameraId, sequence, report, workerUuid]);
    },
  });
  expect(taken).toEqual([
    [2, 7, 1, GONE, uuid],
    [2, 7, 2, GONE, uuid],
  ]);
});
