import { dirname } from "node:path";
import { parseArgs } from "node:util";
import type { GapCause } from "@nightjar/api/camera";
import { systemClock } from "../base/clock.ts";
import { createLog, type LogLevel } from "../base/log.ts";
import { LogFile } from "../base/log-file.ts";
import { openSecretBox, type SecretBox } from "../base/sealed-secret.ts";
import { isSucceeded, readAfter, removeAfter } from "../ipc/hand-over.ts";
import { CameraWorker } from "../worker/camera-worker.ts";
import { ingestSettings } from "../worker/ingest-settings.ts";
import { readWorkerSettings } from "../worker/settings-file.ts";
import type { Standby } from "../worker/standby.ts";
import { type SucceedOptions, succeed } from "../worker/succeed.ts";
import { keepAliveDuring } from "./keep-alive.ts";
import { programVersion } from "./version.ts";

/** There are many workers, and a camera has little to say. */
const MAX_LOG_FILE_BYTES = 2_000_000;

/**
 * `nightjar worker`: serves one camera until it is told to end by SIGTERM or SIGINT; then every open segment is closed first. Started by
 * the server, with the worker's settings file, its journal of reports, the socket the server connects to, the key file for sealed
 * passwords, and its log file; without one, lines go to standard output. With `--after <pid>`, or where its folder says so (`ipc/hand-over.ts`),
 * it takes the place of that worker as soon as it has ended. Throws where one of the others is missing.
 */
export async function runWorker(argv: readonly string[]): Promise<void> {
  const options = workerOptions(argv);
  let level: LogLevel = "info";
  const output = { format: "json", write: logWriter(options.log) } as const;
  const root = createLog({ level: () => level, outputs: [output] });
  const log = root.named("worker");
  const fail = (error: unknown): void => {
    log.error("the worker fails", { error });
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const secretBox = await openSecretBox(options.key);
  const stateFolder = dirname(options.settings);
  const common = { settingsPath: options.settings, stateFolder, clock: systemClock, log };
  const after = options.after ?? (await readAfter(stateFolder))?.pid ?? null;
  const standby = after === null ? null : await keepAliveDuring(succeedTo(after, secretBox, common));
  await removeAfter(stateFolder);
  // Nobody needs this worker (any more): the predecessor goes on, or, where systemd has started again what had crashed, a successor does.
  if (after === null ? await isSucceeded(stateFolder) : standby === null) process.exit(0);
  let ending = false;
  const end = async (cause: GapCause, code = 0): Promise<void> => {
    ending = true;
    await keepAliveDuring(started.then((worker) => worker.close(cause)));
    process.exit(code);
  };
  const started = CameraWorker.start({
    ...common,
    journalPath: options.journal,
    socketPath: options.socket,
    version: programVersion(),
    secretBox,
    standby,
    recordingsLog: root.named("recordings"),
    // An earlier version of the server may have written none.
    onLogLevel: (wanted = "info") => {
      level = wanted;
    },
    // Whoever runs the workers starts it again because of the code.
    onStartAnew: () => void end("restarted", 1),
    onHandedOver: () => void end("restarted"),
  });
  await started;
  const stop = (): void => {
    // It is ending already.
    if (ending) return;
    process.off("SIGTERM", stop).off("SIGINT", stop);
    void end("stopped");
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

/** Stands by for the worker that is the process `predecessorPid`; null when it goes on. */
async function succeedTo(
  predecessorPid: number,
  secretBox: SecretBox,
  {
    settingsPath,
    ...common
  }: Pick<SucceedOptions, "stateFolder" | "clock" | "log"> & { readonly settingsPath: string },
): Promise<Standby | null> {
  const ingest = ingestSettings(await readWorkerSettings(settingsPath), secretBox);
  return succeed({ ...common, predecessorPid, ingest });
}

function workerOptions(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { settings: text, journal: text, socket: text, key: text, log: text, after: text },
  });
  const { settings, journal, socket, key, log, after } = values;
  if (settings === undefined || journal === undefined || socket === undefined || key === undefined)
    throw new Error("A worker needs --settings, --journal, --socket and --key; the server starts it with them.");
  return { settings, journal, socket, key, log, after: after === undefined ? null : Number(after) };
}

function logWriter(path: string | undefined): (line: string) => void {
  if (path === undefined) return (line) => process.stdout.write(line);
  const file = new LogFile({ path, clock: systemClock, maxFileBytes: MAX_LOG_FILE_BYTES });
  process.on("exit", () => file.flushNow());
  return (line) => file.write(line);
}
