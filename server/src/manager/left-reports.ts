import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import type { FromWorker } from "../ipc/messages.ts";
import { readJournal } from "../ipc/report-journal.ts";

export interface LeftReportsOptions {
  /** Holds a folder for each worker. */
  readonly workersFolder: string;
  /** Names of the workers that are wanted: these tell themselves what they have to. */
  readonly wanted: ReadonlySet<string>;
  readonly log: Log;
  readonly onReport: (
    camera: { tenantId: number; cameraId: number },
    message: Extract<FromWorker, { type: "report" }>,
    workerUuid: string,
  ) => Promise<void>;
}

const WORKER_NAME = /^(\d+)-(\d+)$/;

/**
 * Takes the reports of workers that have ended while no server was there to take them, and that none follows: their camera was removed or
 * switched off just before. The journals stay as they are; each report is taken once only, however often it is read.
 */
export async function takeLeftReports({ workersFolder, wanted, log, onReport }: LeftReportsOptions): Promise<void> {
  for (const name of await readdir(workersFolder).catch(() => [])) {
    const match = WORKER_NAME.exec(name);
    if (match === null || wanted.has(name)) continue;
    const camera = { tenantId: Number(match[1]), cameraId: Number(match[2]) };
    try {
      const { header, waiting } = await readJournal(join(workersFolder, name, "reports.jsonl"));
      for (const numbered of waiting) await onReport(camera, { type: "report", ...numbered }, header.workerUuid);
    } catch (error) {
      log.error("the last reports of a worker could not be taken; it is tried again at the next start", {
        worker: name,
        error: errorMessage(error),
      });
    }
  }
}
