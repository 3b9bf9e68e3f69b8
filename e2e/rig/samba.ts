import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { waitFor } from "../harness/wait.ts";
import { runTool } from "./tool.ts";

const SHARE = "footage";
const PASSWORD = "a-share-passphrase";

/** Debian's Samba as an ordinary process on this machine, with one share: a NAS. `start` and `kill` as often as wanted. */
export class SambaServer {
  /** What lies on the share. */
  readonly files: string;
  /** How it is reached, as the settings want it. */
  readonly nas: {
    readonly host: string;
    readonly port: number;
    readonly share: string;
    readonly username: string;
    readonly password: string;
  };
  readonly #config: string;
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.files = join(folder, "files");
    this.#config = join(folder, "smb.conf");
    this.nas = { host: "127.0.0.1", port, share: SHARE, username: userInfo().username, password: PASSWORD };
  }

  /** Makes one in a folder of its own. */
  static async make(folder: string, port: number): Promise<SambaServer> {
    const server = new SambaServer(folder, port);
    const run = join(folder, "run");
    for (const one of [server.files, run]) await mkdir(one, { recursive: true });
    const places = ["private dir", "state directory", "cache directory", "lock directory", "pid directory"];
    const lines = [
      "[global]",
      "server role = standalone server",
      "interfaces = 127.0.0.1",
      "bind interfaces only = yes",
      `smb ports = ${port}`,
      ...places.map((name) => `${name} = ${run}`),
      `ncalrpc dir = ${join(run, "ncalrpc")}`,
      `log file = ${join(folder, "log")}`,
      "disable spoolss = yes",
      "load printers = no",
      `[${SHARE}]`,
      `path = ${server.files}`,
      "read only = no",
    ];
    await writeFile(server.#config, lines.join("\n"));
    const twice = Buffer.from(`${PASSWORD}\n${PASSWORD}\n`);
    await runTool("pdbedit", ["-s", server.#config, "-a", "-u", server.nas.username, "-t"], twice);
    return server;
  }

  async start(): Promise<void> {
    const child = spawn("smbd", ["-F", "--no-process-group", "-s", this.#config], { stdio: "ignore", detached: true });
    this.#child = child;
    const answers = async () => {
      const socket = connect(this.nas.port, this.nas.host);
      const reached = await once(socket, "connect").then(
        () => true,
        () => undefined,
      );
      socket.destroy();
      return reached;
    };
    await waitFor("Samba to listen", answers, { withinMs: 20_000, everyMs: 50 });
  }

  /** As a power cut does, with the process that it has for each client. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }
}
