import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { identify, isRunning } from "../base/process-identity.ts";
import { removeAfter, writeAfter } from "../ipc/hand-over.ts";
import { endProcess } from "./end-process.ts";
import type { RunningWorker, WorkerBackend } from "./worker-backend.ts";

/** Above what the unit gives a worker to end. */
const COMMAND_WITHIN_MS = 30_000;
/** `ExecMainCode` of a process that ended by itself: `CLD_EXITED` of waitid(2); other values tell of a signal. */
const ENDED_BY_ITSELF = "1";
const INSTALL = "`sudo node deploy/install.mjs` installs it";

export interface SystemdBackendOptions {
  /** The program `systemctl`, with arguments ahead of those given here. */
  readonly systemctl?: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Holds a folder for each worker. */
  readonly workersFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Workers as units made from the template `nightjar-worker@.service`, which systemd starts again by itself when they crash. Only systemd
 * may stop them: a worker that is merely killed comes back. A unit has one process: who takes the place of a worker without a gap is for the
 * meantime a unit of the template `nightjar-successor@.service`, whose place a new unit of the first kind takes in the same way.
 */
export class SystemdBackend implements WorkerBackend {
  readonly workersOutliveServer = true;
  readonly #options: SystemdBackendOptions;

  constructor(options: SystemdBackendOptions) {
    this.#options = options;
  }

  async start(name: string, workerArguments: readonly string[]): Promise<RunningWorker> {
    const unit = unitOf(name);
    const left = await this.#leftSuccessor(name);
    if (left > 0) return this.found(name, left);
    const { LoadState, ExecStart = "" } = await this.#show(unit, ["LoadState", "ExecStart"]);
    if (LoadState !== "loaded")
      throw new NightjarError("unavailable", `The unit ${unit} is not installed (${LoadState}). ${INSTALL}.`);
    if (!ExecStart.includes(` ${workerArguments.join(" ")} ;`))
      throw new NightjarError(
        "unavailable",
        `The unit ${unit} would run with other folders than this server's. ${INSTALL} with the right ones.`,
      );
    return this.#startUnit(name, unit);
  }

  /** null where the template of successors is not installed, as by an earlier version. */
  async startSuccessor(
    name: string,
    workerArguments: readonly string[],
    predecessor: RunningWorker,
  ): Promise<RunningWorker | null> {
    const unit = predecessor.interim ? unitOf(name) : successorUnitOf(name);
    const { LoadState, ExecStart = "" } = await this.#show(unit, ["LoadState", "ExecStart"]);
    const identity = identify(predecessor.pid);
    if (LoadState !== "loaded" || !ExecStart.includes(` ${workerArguments.join(" ")} ;`) || identity === null)
      return null;
    await this.endSuccessors(name, predecessor.pid);
    await writeAfter(join(this.#options.workersFolder, name), identity);
    return this.#startUnit(name, unit);
  }

  async endSuccessors(name: string, pid: number): Promise<void> {
    for (const unit of [unitOf(name), successorUnitOf(name)]) {
      const running = await this.#pidOf(unit).catch(() => 0);
      if (running > 0 && running !== pid) await this.#stop(unit);
    }
    await removeAfter(join(this.#options.workersFolder, name));
  }

  async #startUnit(name: string, unit: string): Promise<RunningWorker> {
    // A unit that has failed too often is not started before this; one that has not is no trouble.
    await this.#systemctl(["reset-failed", unit]);
    const { ok, message } = await this.#systemctl(["start", unit]);
    if (!ok) throw new NightjarError("unavailable", `systemd does not start ${unit}: ${message}`);
    return this.#worker(unit, await this.#pidOf(unit), unit === successorUnitOf(name));
  }

  found(name: string, pid: number): RunningWorker {
    const interim = runsIn(pid, successorUnitOf(name));
    return this.#worker(interim ? successorUnitOf(name) : unitOf(name), pid, interim);
  }

  #worker(unit: string, pid: number, interim: boolean): RunningWorker {
    const identity = identify(pid);
    let ended: Promise<void> | null = null;
    return {
      pid: identity?.pid ?? 0,
      interim,
      gone: () => identity === null || !isRunning(identity),
      ending: () => this.#endingOf(unit),
      end: () => {
        ended ??= this.#stop(unit).then(async () => {
          // Where systemd refuses, and for a worker that runs outside of its unit.
          if (identity !== null) await endProcess(identity, this.#options);
        });
        return ended;
      },
    };
  }

  /** The process of a successor that is still there; 0: none, also none that systemd is about to start again after a crash. */
  async #leftSuccessor(name: string): Promise<number> {
    const unit = successorUnitOf(name);
    const { MainPID, ActiveState = "inactive" } = await this.#show(unit, ["MainPID", "ActiveState"]);
    if (Number(MainPID ?? 0) === 0 && ActiveState !== "inactive") await this.#stop(unit);
    return Number(MainPID ?? 0);
  }

  /** 0: it does not run. */
  async #pidOf(unit: string): Promise<number> {
    const { MainPID } = await this.#show(unit, ["MainPID"]);
    return Number(MainPID ?? 0);
  }

  async #stop(unit: string): Promise<void> {
    const { ok, message } = await this.#systemctl(["stop", unit]);
    if (!ok) this.#options.log.error("systemd does not stop a worker", { unit, message });
    // One that had to be killed would be shown as failed for ever.
    await this.#systemctl(["reset-failed", unit]);
  }

  async #endingOf(unit: string): Promise<string> {
    const { Result, ExecMainCode, ExecMainStatus } = await this.#show(unit, [
      "Result",
      "ExecMainCode",
      "ExecMainStatus",
    ]);
    // Started again already: what is told is about the new one.
    if (Result === undefined || ExecMainCode === "0") return "ended";
    const status = Number(ExecMainStatus);
    const how = ExecMainCode === ENDED_BY_ITSELF ? `ended with code ${status}` : `was ended by ${signalName(status)}`;
    return Result === "oom-kill" ? `${how} because the memory was full` : how;
  }

  /** Properties of a unit by name. Rejects when systemd does not answer. */
  async #show(unit: string, names: readonly string[]): Promise<Partial<Record<string, string>>> {
    const { ok, message, output } = await this.#systemctl(["show", `--property=${names.join(",")}`, unit]);
    if (!ok) throw new NightjarError("unavailable", `systemd does not answer: ${message}`);
    return Object.fromEntries(
      output.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  async #systemctl(args: readonly string[]): Promise<{ ok: boolean; message: string; output: string }> {
    const [program, ...leading] = this.#options.systemctl ?? ["systemctl"];
    const result = await execa(program, [...leading, "--no-ask-password", ...args], {
      env: this.#options.environment,
      extendEnv: false,
      timeout: COMMAND_WITHIN_MS,
      reject: false,
    });
    const message = result.stderr.trim() || (result.failed ? result.shortMessage : "");
    return { ok: !result.failed, message: message ?? "", output: result.stdout };
  }
}

function unitOf(name: string): string {
  return `nightjar-worker@${name}.service`;
}

function successorUnitOf(name: string): string {
  return `nightjar-successor@${name}.service`;
}

/** By its control group (systemd.resource-control(5)); false where the process has ended. */
function runsIn(pid: number, unit: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "latin1").includes(`/${unit}\n`);
  } catch {
    return false;
  }
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}
