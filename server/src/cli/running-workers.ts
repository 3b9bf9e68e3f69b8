import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";

const PROCESSES = "/proc";

/**
 * Names of the workers that run now on the settings below `workersFolder`, told by the arguments of all processes: unlike their sockets
 * these can be read without getting between a worker and its server.
 */
export async function runningWorkers(workersFolder: string): Promise<ReadonlySet<string>> {
  const folder = await realpath(workersFolder).catch(() => null);
  const names = new Set<string>();
  if (folder === null) return names;
  for (const pid of (await readdir(PROCESSES)).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`${PROCESSES}/${pid}/cmdline`, "utf8").catch(() => "");
    const args = line.split("\0");
    const settings = args[args.indexOf("--settings") + 1];
    if (!args.includes("worker") || settings === undefined || !settings.endsWith("/settings.json")) continue;
    const worker = dirname(settings);
    if ((await realpath(dirname(worker)).catch(() => null)) === folder) names.add(basename(worker));
  }
  return names;
}
