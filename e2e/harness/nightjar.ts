import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@nightjar/api/client";
import { authRoutes, systemRoutes } from "@nightjar/api/routes";
import { listProcesses, type ProcessInfo, processTree, stillRunning } from "./processes.ts";
import { waitFor } from "./wait.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const PROGRAM = join(REPOSITORY, "server/dist/bundle/main.js");
const READY_WITHIN_MS = 20_000;
const KILLED_WITHIN_MS = 5000;
/** What `serve` promises to need at most to end everything, and a little for the machine. */
export const STOP_WITHIN_MS = 10_000;

export const ADMIN = { username: "admin", password: "an-e2e-passphrase" };

export interface StartOptions {
  /** Default: a new folder, removed by `stop`. */
  readonly dataFolder?: string;
  readonly port?: number;
  /** Added to the environment, such as NIGHTJAR_FFMPEG. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The program's `main.js`, where it is not this repository's. */
  readonly program?: string;
  /** false: no administrator by environment, so that the first start prints a setup code. */
  readonly withAdmin?: boolean;
}

/** A running `nightjar serve`, as a person would have started it. */
export interface Nightjar {
  readonly baseUrl: string;
  readonly dataFolder: string;
  /** Signed in as the administrator (unless started without one). */
  readonly client: Client;
  readonly token: string;
  /** From the start of its process until it answered, milliseconds. */
  readonly readyAfterMs: number;
  /** All that the server has printed and its workers have logged. */
  logText(): string;
  /** The server, its workers, those of an earlier server on the data folder too, and everything they have started. */
  processes(): ProcessInfo[];
  /** SIGHUP, and nothing more. */
  hangUp(): void;
  /** SIGHUP; answers when the server has started anew. Throws when it does not. */
  restart(): Promise<void>;
  /** `kill -9` of the server alone; its workers go on, until they are found by one that is started on the same data folder. */
  kill(): Promise<void>;
  /** `kill -9` of the server, its workers and everything they have started. */
  killAll(): Promise<void>;
  /** SIGTERM; answers how long it took until nothing was left of it. Throws after ten seconds. */
  stop(): Promise<{ tookMs: number; exitCode: number | null }>;
}

/** Starts the server on a free port and waits until it answers. Throws with its log when it ends or does not answer. */
export async function startNightjar(options: StartOptions = {}): Promise<Nightjar> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), "nightjar-e2e-"));
  const port = options.port ?? (await freePort());
  const baseUrl = `http://127.0.0.1:${port}`;
  const startedMs = performance.now();
  const { child, logText, removeLog } = launch({ ...options, dataFolder, port });
  const log = () => `Its log:\n${logText()}`;
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}. ${log()}`);
    return fetch(`${baseUrl}/api/health`).then(
      () => true,
      () => undefined,
    );
  };
  try {
    await waitFor("the server to answer", isReady, { withinMs: READY_WITHIN_MS, everyMs: 20, onTimeout: log });
    const readyAfterMs = performance.now() - startedMs;
    const token = (options.withAdmin ?? true) ? await signIn(baseUrl) : "";
    const client = createClient({ baseUrl, token: () => (token === "" ? undefined : token) });
    const processes = () => processTree(child.pid ?? -1, ...workerPids(dataFolder));
    const stop = async () => {
      const result = await stopServer(child, processes(), log);
      await removeLog();
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
      return result;
    };
    const kill = async () => {
      child.kill("SIGKILL");
      await waitFor("the killed server to be gone", () => hasEnded(child), { withinMs: KILLED_WITHIN_MS });
      await removeLog();
    };
    const killAll = async () => {
      // The server first: it would start again what ends while it watches.
      await kill();
      await killUntilGone(processes);
    };
    const hangUp = () => void child.kill("SIGHUP");
    const restart = () => restarted(child, client, log);
    const known = { baseUrl, dataFolder, client, token, readyAfterMs, logText, processes };
    return { ...known, hangUp, restart, kill, killAll, stop };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** Starts a server that is expected to refuse; answers its exit code and what it printed. */
export async function startAndExpectEnd(options: StartOptions): Promise<{ exitCode: number | null; log: string }> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), "nightjar-e2e-"));
  const { child, logText, removeLog } = launch({ ...options, dataFolder, port: options.port ?? (await freePort()) });
  try {
    await waitFor("the server to end", () => child.exitCode !== null, {
      withinMs: READY_WITHIN_MS,
      onTimeout: logText,
    });
    return { exitCode: child.exitCode, log: logText() };
  } finally {
    child.kill("SIGKILL");
    await removeLog();
    if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
  }
}

/** Runs another command of the program on a data folder to its end. */
export function runNightjar(dataFolder: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NIGHTJAR_DATA: dataFolder };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

/** The code for the first administrator in what a server has printed, such as `K7QM-2XWP-9RTB`. */
export function printedSetupCode(printed: string): string | undefined {
  return /\b(?:[A-Z0-9]{4}-){2}[A-Z0-9]{4}\b/.exec(printed)?.[0];
}

/** A TCP port on 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No free port was given.");
  return address.port;
}

function launch(options: StartOptions & { dataFolder: string; port: number }) {
  const logFolder = mkdtempSync(join(tmpdir(), "nightjar-e2e-log-"));
  const logFile = join(logFolder, "serve.log");
  const admin = { NIGHTJAR_ADMIN_USERNAME: ADMIN.username, NIGHTJAR_ADMIN_PASSWORD: ADMIN.password };
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [options.program ?? PROGRAM, "serve"], {
    // Only what is said here: settings of the person who runs the tests must not change what is tested.
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NIGHTJAR_DATA: options.dataFolder,
      NIGHTJAR_PORT: String(options.port),
      ...((options.withAdmin ?? true) ? admin : {}),
      ...options.environment,
    },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const logText = () => [logFile, ...workerLogs(options.dataFolder)].map((file) => readFileSync(file, "utf8")).join("");
  return { child, logText, removeLog: () => rm(logFolder, { recursive: true, force: true }) };
}

function workerLogs(dataFolder: string): string[] {
  const folder = join(dataFolder, "logs");
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

async function signIn(baseUrl: string): Promise<string> {
  const session = await createClient({ baseUrl })(authRoutes.login, { body: ADMIN });
  return session.token;
}

/** Workers are sessions of their own: those that another server has started are no children of this one. */
function workerPids(dataFolder: string): number[] {
  const settings = `--settings ${join(dataFolder, "workers")}/`;
  return listProcesses()
    .filter((one) => one.arguments.includes(settings))
    .map((one) => one.pid);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function restarted(child: ChildProcess, client: Client, log: () => string): Promise<void> {
  const { started_at: before } = await client(systemRoutes.status, {});
  child.kill("SIGHUP");
  const isNew = async () => {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}. ${log()}`);
    return client(systemRoutes.status, {}).then(
      (status) => status.started_at !== before,
      () => undefined,
    );
  };
  await waitFor("the server to start anew", isNew, { withinMs: READY_WITHIN_MS, onTimeout: log });
}

async function killUntilGone(list: () => readonly ProcessInfo[]): Promise<void> {
  const noneIsLeft = () => {
    const left = list();
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    return left.length === 0;
  };
  await waitFor("killed processes to be gone", noneIsLeft, { withinMs: KILLED_WITHIN_MS, everyMs: 20 });
}

async function stopServer(child: ChildProcess, before: readonly ProcessInfo[], log: () => string) {
  const startedMs = performance.now();
  child.kill("SIGTERM");
  const nothingIsLeft = () => hasEnded(child) && stillRunning(before).length === 0;
  const whatIsLeft = () => `Left: ${stillRunning(before).map((one) => `${one.pid} ${one.arguments}`)}\n${log()}`;
  try {
    await waitFor("the server and its processes to end", nothingIsLeft, {
      withinMs: STOP_WITHIN_MS,
      onTimeout: whatIsLeft,
    });
  } finally {
    for (const { pid } of stillRunning(before)) process.kill(pid, "SIGKILL");
  }
  return { tookMs: performance.now() - startedMs, exitCode: child.exitCode };
}
