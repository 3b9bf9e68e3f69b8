import { setTimeout as delay } from "node:timers/promises";
import { listProcesses, type ProcessInfo, stillRunning } from "../e2e/harness/processes.ts";
import { decodesPictures } from "./processes.ts";

const LOOK_EVERY_MS = 250;

/** The processes of one Nightjar, also those whose parent is gone. */
export interface NightjarProcesses {
  readonly all: readonly ProcessInfo[];
  readonly server: ProcessInfo | undefined;
  /** By the worker's name, such as `1-3`. */
  readonly workers: ReadonlyMap<string, readonly ProcessInfo[]>;
  /** ffmpegs by the name of the worker that they belong to. */
  readonly ffmpegs: ReadonlyMap<string, readonly ProcessInfo[]>;
  /** Neither server nor worker, nor the child of one that lives. */
  readonly orphans: readonly ProcessInfo[];
}

/**
 * What to put into the environment of the server so that everything it starts is found again: workers and their ffmpegs inherit this
 * variable, and an ffmpeg has nothing else that tells whose it is once its worker is gone.
 */
export function markedEnvironment(dataFolder: string): Record<string, string> {
  return { TMPDIR: dataFolder };
}

/** The processes of the server that was started with the marked environment of a data folder. */
export function nightjarProcesses(dataFolder: string): NightjarProcesses {
  const mark = `TMPDIR=${dataFolder}`;
  const all = listProcesses().filter((one) => one.environment.split(" ").includes(mark));
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const workers = new Map<string, ProcessInfo[]>();
  const ffmpegs = new Map<string, ProcessInfo[]>();
  const orphans: ProcessInfo[] = [];
  for (const one of all) {
    const parent = byPid.get(one.parentPid);
    // Between fork and exec a child still has the command line of its parent.
    if (parent !== undefined && parent.arguments === one.arguments) continue;
    const name = workerNameOf(one);
    const parentName = parent === undefined ? undefined : workerNameOf(parent);
    if (name !== undefined) push(workers, name, one);
    else if (decodesPictures(one)) continue;
    else if (parentName !== undefined) push(ffmpegs, parentName, one);
    else if (parent === undefined && !isServer(one)) orphans.push(one);
  }
  return { all, server: all.find((one) => isServer(one) && !byPid.has(one.parentPid)), workers, ffmpegs, orphans };
}

/** Looks again and again; `stop` answers what was there twice: a sentence for each two workers of a camera or ffmpegs of a worker. */
export function watchForDoubles(dataFolder: string): { stop: () => Promise<string[]> } {
  const doubles = new Set<string>();
  let stopping = false;
  const looking = (async () => {
    while (!stopping) {
      const { workers, ffmpegs } = nightjarProcesses(dataFolder);
      for (const [what, byWorker] of Object.entries({ worker: workers, ffmpeg: ffmpegs }))
        for (const [name, group] of byWorker)
          if (group.length > 1)
            doubles.add(`${name} has more than one ${what}: ${group.map(({ pid }) => pid).join(", ")}`);
      await delay(LOOK_EVERY_MS);
    }
  })();
  const stop = async () => {
    stopping = true;
    await looking;
    return [...doubles];
  };
  return { stop };
}

/** `kill -9` of those that still run; answers the wall time of the first kill. */
export function killNow(processes: readonly ProcessInfo[]): number {
  const running = stillRunning(processes);
  const killedMs = Date.now();
  for (const { pid } of running) process.kill(pid, "SIGKILL");
  return killedMs;
}

function isServer({ arguments: words }: ProcessInfo): boolean {
  return / serve$/.test(words);
}

function workerNameOf({ arguments: words }: ProcessInfo): string | undefined {
  return / worker --settings \S*\/([^/ ]+)\/settings\.json /.exec(words)?.[1];
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [value]);
  else present.push(value);
}
