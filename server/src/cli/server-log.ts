import { readdir, stat, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { createLog, type Log, type LogLevel } from "../base/log.ts";
import { LogFile } from "../base/log-file.ts";

const DAY_MS = 86_400_000;
/** Files of logs that nobody has written to for so long are removed, such as those of cameras that are gone. */
const FORGOTTEN_AFTER_MS = 35 * DAY_MS;
const LOG_NAME = /\.log(\.\d+)?$/;

/**
 * Gives `run` the server's log: readable text on a terminal, JSON on any other standard output, and JSON in `server.log` in any case.
 * Settles like `run`, when everything is written.
 */
export async function withServerLog<T>(
  { level, folder }: { readonly level: LogLevel; readonly folder: string },
  run: (log: Log) => Promise<T>,
): Promise<T> {
  const file = new LogFile({ path: join(folder, "server.log"), clock: systemClock });
  const log = createLog({
    level,
    outputs: [
      { format: process.stdout.isTTY ? "text" : "json", write: (line) => process.stdout.write(line) },
      { format: "json", write: (line) => file.write(line) },
    ],
  });
  const fails = (error: unknown): void => log.error("the server fails", { error });
  const flush = (): void => file.flushNow();
  process.on("uncaughtExceptionMonitor", fails).on("exit", flush);
  const stopTidying = tidyDaily(folder, systemClock);
  try {
    return await run(log);
  } finally {
    stopTidying();
    process.off("uncaughtExceptionMonitor", fails).off("exit", flush);
    await file.close();
  }
}

function tidyDaily(folder: string, clock: Clock): () => void {
  let cancel = (): void => {};
  const tidy = (): void => {
    void removeForgottenLogs(folder, clock);
    cancel = clock.after(DAY_MS, tidy);
  };
  tidy();
  return () => cancel();
}

/** Never rejects. A log that is written to again after it was removed begins anew. */
export async function removeForgottenLogs(folder: string, clock: Clock): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => LOG_NAME.test(one))) {
    const path = join(folder, name);
    try {
      const { mtimeMs } = await stat(path);
      if (clock.nowMs() - mtimeMs <= FORGOTTEN_AFTER_MS) continue;
      // A worker that lives has this one open, for its last words.
      await (name.endsWith(".output.log") ? truncate(path) : unlink(path));
    } catch {
      // Gone, or put aside meanwhile: the next day sees it again.
    }
  }
}
