import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { eventually } from "../../base/eventually.contract.ts";
import { childEnvironment } from "../../config/child-environment.ts";
import type { ShareConnection } from "./share-connection.ts";

const SHARE_PASSWORD = "s3cret of the share";

/** A server of files on this machine, with a folder of its own. `stop()` and `start()` as often as wanted, `stop()` last. */
export interface ShareServer {
  readonly connection: ShareConnection;
  /** What lies on the share, as the server's disk has it. */
  readonly files: string;
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  stop(): Promise<void>;
  /** It stays connected and does nothing, until it goes on. */
  hang(): void;
  goOn(): void;
}

/** Samba is where only administrators look. */
const ENVIRONMENT = { ...childEnvironment(), PATH: `${childEnvironment().PATH ?? ""}:/usr/sbin` };

interface Program {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly env?: Record<string, string>;
  readonly port: number;
}

/** A program that listens; with all that it has started. */
function listening({ program, arguments: given, env, port }: Program): Omit<ShareServer, "connection" | "files"> {
  let child: ChildProcess | null = null;
  const signal = (name: NodeJS.Signals): void => {
    if (child?.pid !== undefined) process.kill(-child.pid, name);
  };
  return {
    async start() {
      const started = spawn(program, given, { stdio: "ignore", detached: true, env: { ...ENVIRONMENT, ...env } });
      child = started;
      await eventually(async () => {
        if (started.exitCode !== null) throw new Error(`${program} ended with code ${started.exitCode}`);
        await reach(port);
      });
    },
    async stop() {
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      // Its group: a server has a process for each client.
      process.kill(-child.pid, "SIGKILL");
      await ended;
    },
    hang: () => signal("SIGSTOP"),
    goOn: () => signal("SIGCONT"),
  };
}

async function reach(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Debian's Samba with three shares: `footage`, `readonly`, and `small`, which is the folder given, if one is. */
export async function sambaServer(folder: string, small: string = join(folder, "small")): Promise<ShareServer> {
  const port = await freePort();
  const { username } = userInfo();
  const own = ["private", "run", "files", "readonly"].map((name) => join(folder, name));
  const [secret = "", run = "", files = "", readonly = ""] = own;
  for (const one of [...own, small]) await mkdir(one, { recursive: true });
  const config = join(folder, "smb.conf");
  const lines = [
    "[global]",
    "server role = standalone server",
    "interfaces = 127.0.0.1",
    "bind interfaces only = yes",
    `smb ports = ${port}`,
    `private dir = ${secret}`,
    ...["state directory", "cache directory", "lock directory", "pid directory"].map((name) => `${name} = ${run}`),
    `ncalrpc dir = ${join(run, "ncalrpc")}`,
    `log file = ${join(folder, "log")}`,
    "disable spoolss = yes",
    "load printers = no",
    ...shareLines("footage", files, "no"),
    ...shareLines("small", small, "no"),
    ...shareLines("readonly", readonly, "yes"),
  ];
  await writeFile(config, lines.join("\n"));
  const twice = `${SHARE_PASSWORD}\n${SHARE_PASSWORD}\n`;
  await runProgram("pdbedit", ["-s", config, "-a", "-u", username, "-t"], twice);
  const connection = { host: "127.0.0.1", port, share: "footage", path: "night/jar", username };
  return {
    connection: { type: "nas", ...connection, password: SHARE_PASSWORD },
    files: join(files, "night/jar"),
    ...listening({ program: "smbd", arguments: ["-F", "--no-process-group", "-s", config], port }),
  };
}

function shareLines(name: string, path: string, readOnly: "yes" | "no"): string[] {
  return [`[${name}]`, `path = ${path}`, `read only = ${readOnly}`];
}

/** rclone's own SFTP server. */
export async function sftpServer(folder: string): Promise<ShareServer> {
  const port = await freePort();
  const files = join(folder, "files");
  await mkdir(files, { recursive: true });
  const connection = { host: "127.0.0.1", port, path: "cameras", username: "nightjar", hostKey: "" };
  return {
    connection: { type: "sftp", ...connection, password: SHARE_PASSWORD },
    files: join(files, "cameras"),
    ...listening({
      program: "rclone",
      arguments: ["serve", "sftp", files, "--addr", `127.0.0.1:${port}`],
      env: {
        RCLONE_USER: "nightjar",
        RCLONE_PASS: SHARE_PASSWORD,
        RCLONE_CONFIG: "/dev/null",
        RCLONE_CACHE_DIR: folder,
      },
      port,
    }),
  };
}

/** An S3 server with a bucket. Its only user has the name and the password `S3RVER`. */
export async function s3Server(folder: string): Promise<ShareServer> {
  const port = await freePort();
  const files = join(folder, "files");
  await mkdir(files, { recursive: true });
  const program = createRequire(import.meta.url).resolve("s3rver/bin/s3rver.js");
  const endpoint = `http://127.0.0.1:${port}`;
  const connection = { endpoint, region: "us-east-1", bucket: "cameras", path: "night/jar", username: "S3RVER" };
  return {
    connection: { type: "s3", ...connection, password: "S3RVER" },
    files: join(files, "cameras/night/jar"),
    ...listening({
      program: process.execPath,
      arguments: [program, "-s", "-d", files, "-a", "127.0.0.1", "-p", `${port}`, "--configure-bucket", "cameras"],
      port,
    }),
  };
}

/** Mounts a disk of this size on a folder; the answer takes it away again. Only root can. */
export async function mountSmall(folder: string, sizeBytes: number): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  await runProgram("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", folder]);
  return () => runProgram("umount", ["-l", folder]);
}

async function runProgram(program: string, given: readonly string[], input = ""): Promise<void> {
  const child = spawn(program, given, { stdio: ["pipe", "ignore", "ignore"], env: ENVIRONMENT });
  // What needs no input ends before it has read it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${program} ended with code ${code}`);
}
