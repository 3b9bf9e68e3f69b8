import { dirname } from "node:path";
import { systemClock } from "../base/clock.ts";
import { createLog } from "../base/log.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { CameraWorker } from "../worker/camera-worker.ts";
import { keepAliveDuring } from "./keep-alive.ts";
import { programVersion } from "./version.ts";

export interface WorkerOptions {
  readonly settings: string;
  readonly journal: string;
  readonly socket: string;
  readonly key: string;
}

/** `nightjar worker`: serves one camera until it is told to end by SIGTERM or SIGINT; then every open segment is closed first. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const log = createLog({ level: "info", format: "json", write: (line) => process.stdout.write(line) }).named("worker");
  const fail = (error: unknown): void => {
    log.error("the worker fails", { error });
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const worker = await CameraWorker.start({
    settingsPath: options.settings,
    journalPath: options.journal,
    stateFolder: dirname(options.settings),
    socketPath: options.socket,
    version: programVersion(),
    secretBox: await openSecretBox(options.key),
    clock: systemClock,
    log,
  });
  const stop = async (): Promise<void> => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    await keepAliveDuring(worker.close());
    process.exit(0);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}
