import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../harness/wait.ts";
import { runTool } from "./tool.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
/** Where the machine has the program: a copy that can be written. */
const PROGRAM_FOLDER = "/opt/nightjar";
const NODE = "/usr/local/bin/node";
/** Only there: no command of a test must ever reach the machine that runs the tests. */
const MARK = "/nightjar-e2e-machine";
const NOT_THERE = 97;
const BOOT_WITHIN_MS = 30_000;
const POWER_OFF_WITHIN_MS = 30_000;

/**
 * A machine with a systemd of its own, in a container: the files are this machine's with a layer in memory above them that takes every
 * change, and the network is this machine's. Of what is installed here nothing is started there. Needs root.
 */
export class BootedMachine {
  readonly #folder: string;
  readonly #mounts: string[] = [];
  #container: ChildProcess | null = null;
  #leaderPid = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws with what the machine has printed when it does not come up. */
  static async boot(): Promise<BootedMachine> {
    const machine = new BootedMachine(await mkdtemp(join(tmpdir(), "nightjar-e2e-machine-")));
    try {
      await machine.#furnish();
      await machine.#start();
      return machine;
    } catch (error) {
      await machine.powerOff();
      throw error;
    }
  }

  /** Where a file of the machine lies for us. */
  path(inside: string): string {
    return join(this.#folder, "root", inside);
  }

  /** Runs a program there as root in the folder of the program; answers what it has printed. Throws with its messages when it fails. */
  async run(program: string, ...args: string[]): Promise<string> {
    const guarded = `test -e ${MARK} || exit ${NOT_THERE}; cd ${PROGRAM_FOLDER}; exec "$@"`;
    const enter = [
      "--target",
      String(this.#leaderPid),
      "--all",
      "--",
      "/usr/bin/env",
      "-i",
      "PATH=/usr/local/bin:/usr/sbin:/usr/bin",
    ];
    const { stdout } = await runTool("nsenter", [...enter, "/bin/sh", "-c", guarded, "sh", program, ...args]);
    return stdout.toString("utf8").trim();
  }

  /** Shuts it down and leaves nothing of it. */
  async powerOff(): Promise<void> {
    const container = this.#container;
    const ended = () => container === null || container.exitCode !== null || container.signalCode !== null;
    container?.kill("SIGTERM");
    try {
      await waitFor("the machine to shut down", ended, { withinMs: POWER_OFF_WITHIN_MS });
    } finally {
      container?.kill("SIGKILL");
      for (const mount of this.#mounts.reverse()) await runTool("umount", ["--lazy", mount]);
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  async #furnish(): Promise<void> {
    await mkdir(join(this.#folder, "memory"));
    await this.#mount(["-t", "tmpfs", "-o", "mode=755", "nightjar-e2e"], join(this.#folder, "memory"));
    await this.#layer("system", "/", join(this.#folder, "root"));
    for (const name of ["etc/systemd/system", "etc/nightjar", "var/lib/nightjar", "var/log/journal", "run/nightjar"])
      await rm(this.path(name), { recursive: true, force: true });
    for (const name of readdirSync(this.path("etc")).filter((one) => /^rc.\.d$/.test(one)))
      await rm(this.path(`etc/${name}`), { recursive: true, force: true });
    for (const name of ["etc/fstab", "etc/machine-id", MARK, NODE]) {
      await rm(this.path(name), { force: true });
      await writeFile(this.path(name), "", { mode: 0o755 });
    }
    await this.#mount(["--bind", process.execPath], this.path(NODE));
    await this.#layer("program", REPOSITORY, this.path(PROGRAM_FOLDER));
  }

  async #start(): Promise<void> {
    const logFile = join(this.#folder, "console.log");
    const log = openSync(logFile, "a");
    const args = ["--quiet", "--register=no", "--keep-unit", `--directory=${this.path("/")}`, "--boot"];
    this.#container = spawn("systemd-nspawn", args, { stdio: ["ignore", log, log] });
    closeSync(log);
    const printed = () => `It has printed:\n${readFileSync(logFile, "utf8")}`;
    await waitFor("the machine to boot", () => this.#isUp(), { withinMs: BOOT_WITHIN_MS, onTimeout: printed });
  }

  async #isUp(): Promise<boolean> {
    const { pid, exitCode } = this.#container ?? {};
    if (exitCode !== null) throw new Error(`systemd-nspawn ended with ${exitCode}.`);
    const [leader] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    this.#leaderPid = Number(leader);
    // It fails as long as systemd does not answer, or some unit has failed that is no concern of ours.
    const state = await this.run("sh", "-c", "systemctl is-system-running || true").catch(() => "");
    return state === "running" || state === "degraded";
  }

  async #layer(name: string, below: string, at: string): Promise<void> {
    const [upper, work] = ["upper", "work"].map((kind) => join(this.#folder, "memory", name, kind));
    for (const folder of [upper ?? "", work ?? "", at]) await mkdir(folder, { recursive: true });
    const options = `lowerdir=${below},upperdir=${upper},workdir=${work}`;
    await this.#mount(["-t", "overlay", "-o", options, "nightjar-e2e"], at);
  }

  async #mount(args: readonly string[], at: string): Promise<void> {
    await runTool("mount", [...args, at]);
    this.#mounts.push(at);
  }
}
