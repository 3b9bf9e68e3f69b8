import { readFile } from "node:fs/promises";
import { NightjarError } from "../base/error.ts";
import type { WorkerSettings } from "../ipc/messages.ts";

/** Reads what the server wrote for this worker. Throws `internal` when there is no such file or it is damaged. */
export async function readWorkerSettings(path: string): Promise<WorkerSettings> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as WorkerSettings;
  } catch (cause) {
    throw new NightjarError(
      "internal",
      `The worker's settings ${path} cannot be read; the server writes them anew at its next start.`,
      { cause },
    );
  }
}
