import { mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { ListeningProgram } from "./listening-program.ts";
import { runTool } from "./tool.ts";

const SHARE = "footage";
const PASSWORD = "a-share-passphrase";

/** Debian's Samba as an ordinary process on this machine, with one share: a NAS. `start` and `kill` as often as wanted. */
export class SambaServer extends ListeningProgram {
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

  private constructor(folder: string, port: number) {
    const config = join(folder, "smb.conf");
    super({ program: "smbd", args: ["-F", "--no-process-group", "-s", config], port });
    this.files = join(folder, "files");
    this.#config = config;
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
}
