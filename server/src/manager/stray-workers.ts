import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../base/log.ts";
import type { FromWorker } from "../ipc/messages.ts";
import type { WorkerBackend } from "./worker-backend.ts";
import { connectWorker } from "./worker-link.ts";

type ReportMessage = Extract<FromWorker, { type: "report" }>;

export interface StrayWorkersOptions {
  readonly runFolder: string;
  /** Names of the workers that are wanted: these are left alone. */
  readonly wanted: ReadonlySet<string>;
  readonly backend: WorkerBackend;
  readonly log: Log;
  readonly onReport: (
    camera: { tenantId: number; cameraId: number },
    message: ReportMessage,
    workerUuid: string,
  ) => Promise<void>;
}

const SOCKET_NAME = /^(\d+)-(\d+)\.sock$/;

/**
 * Ends workers that went on while no server was there and whose camera was removed or switched off since; what they have to report is
 * taken first.
 */
export async function endStrayWorkers(options: StrayWorkersOptions): Promise<void> {
  for (const file of await readdir(options.runFolder)) {
    const match = SOCKET_NAME.exec(file);
    const name = file.slice(0, -".sock".length);
    if (match === null || options.wanted.has(name)) continue;
    await endStray(options, name, { tenantId: Number(match[1]), cameraId: Number(match[2]) });
  }
}

async function endStray(
  { runFolder, backend, onReport, log }: StrayWorkersOptions,
  name: string,
  camera: { tenantId: number; cameraId: number },
): Promise<void> {
  let reports = Promise.resolve();
  let ended = Promise.resolve();
  let workerUuid = "";
  await new Promise<void>((resolve) => {
    void connectWorker(join(runFolder, `${name}.sock`), {
      message: (message, channel) => {
        if (message.type === "hello") {
          workerUuid = message.workerUuid;
          log.info("a worker that is not wanted any more is ended", { camera: camera.cameraId, pid: message.pid });
          // Otherwise one that stands by would go on in its place.
          ended = backend.endSuccessors(name, message.pid).then(() => backend.found(name, message.pid).end());
        }
        if (message.type !== "report") return;
        reports = reports
          .then(() => onReport(camera, message, workerUuid))
          .then(() => channel.send({ type: "acknowledge", sequence: message.sequence }))
          .catch((error: unknown) => log.error("a report could not be taken", { camera: camera.cameraId, error }));
      },
      closed: resolve,
    }).then((channel) => {
      if (channel === null) resolve();
    });
  });
  await ended;
  await reports;
}
