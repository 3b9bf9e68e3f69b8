import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import type { Clock } from "../../base/clock.ts";
import { systemErrorCode } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";
import { makeFolder } from "../../base/make-folder.ts";
import { identify, type ProcessIdentity, signalProcess } from "../../base/process-identity.ts";
import { childEnvironment } from "../../config/child-environment.ts";
import { rcloneEnvironment, type ShareConnection } from "./share-connection.ts";
import { rcloneMissing, ShareProblem } from "./share-problem.ts";

const LISTENS_WITHIN_MS = 20_000;
const KILL_AFTER_MS = 3000;
/** As rclone's own options are named in its environment. */
const OPTIONS = {
  // All settings are in the environment: no file of another program's is read or written.
  RCLONE_CONFIG: "/dev/null",
  RCLONE_RC_ADDR: "127.0.0.1:0",
  RCLONE_RC_SERVE: "true",
  RCLONE_CONTIMEOUT: "10s",
  RCLONE_TIMEOUT: "30s",
  // A connection that was kept and has ended since is replaced by the second try. Everything else is tried again by who asks.
  RCLONE_LOW_LEVEL_RETRIES: "2",
  RCLONE_RETRIES: "1",
  // Footage passes through; it need not be kept in memory.
  RCLONE_BUFFER_SIZE: "1M",
  RCLONE_S3_UPLOAD_CONCURRENCY: "1",
  RCLONE_USE_JSON_LOG: "true",
};

export interface RcloneDaemonOptions {
  /** The program. */
  readonly program: string;
  readonly connection: ShareConnection;
  /** Keeps who runs, and the host's key; for this user only. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where a running rclone listens, and with what it must be asked. */
export interface RcloneAddress {
  readonly port: number;
  readonly authorization: string;
}

/** An `rclone rcd` of our own, on a port of this machine, with a password that only the two know. */
export class RcloneDaemon {
  readonly address: RcloneAddress;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #file: string;
  readonly #ended: Promise<void>;
  #gone = false;

  private constructor(child: ChildProcess, address: RcloneAddress, file: string, clock: Clock) {
    this.#child = child;
    this.address = address;
    this.#file = file;
    this.#clock = clock;
    this.#ended = new Promise((resolve) => {
      child.once("close", () => {
        this.#gone = true;
        resolve();
      });
    });
  }

  /** Starts it; resolves when it listens. Rejects with `ShareProblem`. */
  static async start({ program, connection, folder, clock, log }: RcloneDaemonOptions): Promise<RcloneDaemon> {
    await makeFolder(folder, 0o700);
    const obscured = connection.password === "" ? "" : await obscure(program, connection.password);
    const password = randomBytes(24).toString("base64url");
    const knownHosts = await writeKnownHosts(folder, connection);
    const child = spawn(program, ["rcd"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...childEnvironment(),
        ...OPTIONS,
        RCLONE_CACHE_DIR: folder,
        ...{ RCLONE_RC_USER: "nightjar", RCLONE_RC_PASS: password },
        ...rcloneEnvironment(connection, obscured, knownHosts),
      },
    });
    const file = join(folder, `rclone-${child.pid ?? 0}.json`);
    const identity = identify(child.pid ?? 0);
    if (identity !== null) await writeFile(file, JSON.stringify(identity), { mode: 0o600 });
    const port = await listeningPort(child, program, clock, log);
    const authorization = `Basic ${Buffer.from(`nightjar:${password}`).toString("base64")}`;
    return new RcloneDaemon(child, { port, authorization }, file, clock);
  }

  get gone(): boolean {
    return this.#gone || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Ends it, and what it is doing. */
  async close(): Promise<void> {
    if (!this.gone) {
      this.#child.kill("SIGTERM");
      const cancel = this.#clock.after(KILL_AFTER_MS, () => this.#child.kill("SIGKILL"));
      await this.#ended;
      cancel();
    }
    await rm(this.#file, { force: true });
  }
}

/** Ends those that a killed server left behind: they would go on with what nobody waits for. Never rejects. */
export async function endLeftDaemons(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /^rclone-\d+\.json$/.test(one))) {
    const path = join(folder, name);
    try {
      signalProcess(JSON.parse(await readFile(path, "utf8")) as ProcessIdentity, "SIGKILL");
    } catch {
      // Not whole: it was never started.
    }
    await rm(path, { force: true });
  }
}

/** rclone wants passwords hidden from a passing glance; over its standard input nobody else sees them. */
async function obscure(program: string, password: string): Promise<string> {
  const answer = await execa(program, ["obscure", "-"], {
    ...{ input: password, reject: false },
    ...{ env: { ...childEnvironment(), ...OPTIONS }, extendEnv: false },
  });
  if (answer.failed) throw rcloneMissing(program);
  return answer.stdout.trim();
}

async function writeKnownHosts(folder: string, connection: ShareConnection): Promise<string | null> {
  if (connection.type !== "sftp" || connection.hostKey === "") return null;
  const { host, port, hostKey } = connection;
  const path = join(folder, "known_hosts");
  await writeFile(path, `${port === 22 ? host : `[${host}]:${port}`} ${hostKey}\n`, { mode: 0o600 });
  return path;
}

function listeningPort(child: ChildProcess, program: string, clock: Clock, log: Log): Promise<number> {
  return new Promise((resolve, reject) => {
    let last = "";
    const fail = (problem: ShareProblem): void => {
      cancel();
      child.kill("SIGKILL");
      reject(problem);
    };
    const cancel = clock.after(LISTENS_WITHIN_MS, () =>
      fail(new ShareProblem("failed", `${program} was started and does not answer.`)),
    );
    child.once("error", (error) =>
      fail(systemErrorCode(error) === "ENOENT" ? rcloneMissing(program) : new ShareProblem("failed", error.message)),
    );
    child.once("exit", (code) => fail(new ShareProblem("failed", `${program} ended with code ${code}: ${last}`)));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on("line", (line) => {
      const said = messageOf(line);
      last = said;
      const port = /Serving remote control on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) return log.debug(said);
      cancel();
      resolve(Number(port));
    });
  });
}

function messageOf(line: string): string {
  try {
    return String((JSON.parse(line) as { msg?: unknown }).msg ?? line);
  } catch {
    return line;
  }
}
