import { spawn } from "node:child_process";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { identify, isRunning, type ProcessIdentity } from "../base/process-identity.ts";
import { replaceFile } from "../base/replace-file.ts";
import { endProcess } from "./end-process.ts";
import type { RunningWorker, WorkerBackend } from "./worker-backend.ts";

/** What a worker prints besides its log is kept up to about this much. */
const MAX_OUTPUT_BYTES = 1_000_000;

export interface ProcessBackendOptions {
  /** Program and arguments ahead of the worker's own. */
  readonly command: readonly string[];
  /** Holds a folder for each worker; its process is written down there. */
  readonly workersFolder: string;
  readonly logFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Workers as child processes in sessions of their own, so that the end of the server is not theirs. */
export class ProcessBackend implements WorkerBackend {
  readonly workersOutliveServer = false;
  readonly #options: ProcessBackendOptions;

  constructor(options: ProcessBackendOptions) {
    this.#options = options;
  }

  /**
   * A worker writes and rotates its log itself, so that this goes on without us. What else it prints (why Node.js ended it) goes to a file
   * beside that, never to a pipe that would break when the server ends.
   */
  async start(name: string, workerArguments: readonly string[]): Promise<RunningWorker> {
    const [left] = await this.#leftRunning(name);
    if (left !== undefined) return this.#worker(left, null);
    return this.#spawn(name, workerArguments, []);
  }

  async startSuccessor(
    name: string,
    workerArguments: readonly string[],
    predecessor: RunningWorker,
  ): Promise<RunningWorker> {
    const before = identify(predecessor.pid);
    await this.endSuccessors(name, predecessor.pid);
    const after = ["--after", String(predecessor.pid)];
    return this.#spawn(name, [...workerArguments, ...after], before === null ? [] : [before]);
  }

  async endSuccessors(name: string, pid: number): Promise<void> {
    const others = (await this.#leftRunning(name)).filter((one) => one.pid !== pid);
    await Promise.all(others.map((one) => endProcess(one, this.#options)));
  }

  /** `beside`: what runs for this name already. */
  async #spawn(
    name: string,
    workerArguments: readonly string[],
    beside: readonly ProcessIdentity[],
  ): Promise<RunningWorker> {
    const { command, logFolder, environment } = this.#options;
    const [program = process.execPath, ...leading] = command;
    await makeFolder(logFolder);
    const log = ["--log", join(logFolder, `worker-${name}.log`)];
    const output = await openOutput(join(logFolder, `worker-${name}.output.log`));
    try {
      const child = spawn(program, [...leading, ...workerArguments, ...log], {
        detached: true,
        stdio: ["ignore", output.fd, output.fd],
        env: environment,
      });
      const exited = new Promise<string>((resolve) => {
        child.once("error", (error) => resolve(`could not be started: ${error.message}`));
        child.once("exit", (code, signal) =>
          resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
        );
      });
      child.unref();
      const identity = identify(child.pid ?? 0);
      if (identity !== null) await this.#writeDown(name, [...beside, identity]);
      return this.#worker(identity, exited);
    } finally {
      await output.close();
    }
  }

  found(_name: string, pid: number): RunningWorker {
    return this.#worker(identify(pid), null);
  }

  #worker(identity: ProcessIdentity | null, exited: Promise<string> | null): RunningWorker {
    let ended: Promise<void> | null = null;
    return {
      pid: identity?.pid ?? 0,
      gone: () => identity === null || !isRunning(identity),
      ending: async () => exited ?? "ended",
      // Asked twice, a worker would end before its segments are closed.
      end: () => {
        ended ??= identity === null ? Promise.resolve() : endProcess(identity, this.#options);
        return ended;
      },
    };
  }

  /**
   * Of what was started for this name, the oldest first: a worker that a server has started who died before it could connect, or that does
   * not answer any more; and a successor.
   */
  async #leftRunning(name: string): Promise<ProcessIdentity[]> {
    try {
      const written = JSON.parse(await readFile(this.#processFile(name), "utf8")) as
        | ProcessIdentity[]
        | ProcessIdentity;
      // An earlier version wrote down only one.
      return (Array.isArray(written) ? written : [written]).filter(isRunning);
    } catch {
      return [];
    }
  }

  async #writeDown(name: string, identities: readonly ProcessIdentity[]): Promise<void> {
    try {
      await replaceFile(this.#processFile(name), JSON.stringify(identities));
    } catch (error) {
      this.#options.log.warn("a worker is found again by its socket only", { worker: name, error });
    }
  }

  #processFile(name: string): string {
    return join(this.#options.workersFolder, name, "process.json");
  }
}

/** Begins anew once it has grown large. */
async function openOutput(path: string): Promise<FileHandle> {
  const file = await open(path, "a", 0o640);
  if ((await file.stat()).size > MAX_OUTPUT_BYTES) await file.truncate();
  return file;
}
