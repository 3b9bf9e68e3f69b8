import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../base/make-folder.ts";

/** A worker that was started; `exited` answers once, with words for the log. */
export interface StartedWorker {
  readonly pid: number;
  readonly exited: Promise<string>;
}

/** What starts workers: child processes of their own session, so that the end of the server is not theirs. */
export class ProcessBackend {
  readonly #command: readonly string[];
  readonly #logFolder: string;
  readonly #environment: Readonly<Record<string, string>>;

  /** `command`: program and arguments ahead of the worker's own. */
  constructor(options: {
    command: readonly string[];
    logFolder: string;
    environment: Readonly<Record<string, string>>;
  }) {
    this.#command = options.command;
    this.#logFolder = options.logFolder;
    this.#environment = options.environment;
  }

  /** Starts a worker; its output goes to a file, never to a pipe that would break when the server ends. */
  async start(name: string, workerArguments: readonly string[]): Promise<StartedWorker> {
    const [program = process.execPath, ...leading] = this.#command;
    await makeFolder(this.#logFolder);
    const log = await open(join(this.#logFolder, `worker-${name}.log`), "a", 0o640);
    try {
      const child = spawn(program, [...leading, ...workerArguments], {
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
        env: this.#environment,
      });
      const exited = new Promise<string>((resolve) => {
        child.once("error", (error) => resolve(`could not be started: ${error.message}`));
        child.once("exit", (code, signal) =>
          resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
        );
      });
      child.unref();
      return { pid: child.pid ?? 0, exited };
    } finally {
      await log.close();
    }
  }
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal to a process that may be gone already. */
export function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone: that is what was asked for.
  }
}
