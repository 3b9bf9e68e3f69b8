import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../base/clock.ts";
import { createLog } from "../base/log.ts";
import { LogFile } from "../base/log-file.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { CameraWorker } from "../worker/camera-worker.ts";
import { keepAliveDuring } from "./keep-alive.ts";
import { programVersion } from "./version.ts";

/** There are many workers, and a camera has little to say. */
const MAX_LOG_FILE_BYTES = 2_000_000;

/**
 * `nightjar worker`: serves one camera until it is told to end by SIGTERM or SIGINT; then every open segment is closed first. Started by
 * the server, with the worker's settings file, its journal of reports, the socket the server connects to, the key file for sealed
 * passwords, and its log file; without one, lines go to standard output. Throws where one of the others is missing.
 */
export async function runWorker(argv: readonly string[]): Promise<void> {
  const options = workerOptions(argv);
  const root = createLog({ level: "info", outputs: [{ format: "json", write: logWriter(options.log) }] });
  const log = root.named("worker");
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
    recordingsLog: root.named("recordings"),
  });
  const stop = async (): Promise<void> => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    await keepAliveDuring(worker.close());
    process.exit(0);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

function workerOptions(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { settings: text, journal: text, socket: text, key: text, log: text },
  });
  const { settings, journal, socket, key, log } = values;
  if (settings === undefined || journal === undefined || socket === undefined || key === undefined)
    throw new Error("A worker needs --settings, --journal, --socket and --key; the server starts it with them.");
  return { settings, journal, socket, key, log };
}

function logWriter(path: string | undefined): (line: string) => void {
  if (path === undefined) return (line) => process.stdout.write(line);
  const file = new LogFile({ path, clock: systemClock, maxFileBytes: MAX_LOG_FILE_BYTES });
  process.on("exit", () => file.flushNow());
  return (line) => file.write(line);
}
