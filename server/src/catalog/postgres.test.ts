import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { catalogContract, type FreshDatabase, NOW_MS } from "./catalog.contract.ts";
import { exportsContract } from "./exports.contract.ts";
import { ledgerContract } from "./ledger.contract.ts";
import { openCatalog } from "./open-catalog.ts";
import { outlinesContract } from "./outlines.contract.ts";
import { freePort, POSTGRES_PASSWORD, PostgresServer } from "./postgres-server.contract.ts";
import { restoreContract } from "./restore.contract.ts";
import { rulesContract } from "./rules.contract.ts";
import { segmentsContract } from "./segments.contract.ts";
import { storageContract } from "./storage.contract.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.start();
});

afterAll(() => server.close());

async function freshDatabase(): Promise<FreshDatabase> {
  await server.empty();
  return {
    url: server.url("postgres"),
    execute: (statement) => server.execute("postgres", statement),
    unprotectAudit: "alter table audit disable trigger all",
  };
}

const open = (databaseUrl: string) => openCatalog({ databaseUrl, clock: new SimulatedClock(NOW_MS), log: silentLog });

async function refusal(databaseUrl: string): Promise<unknown> {
  const error: unknown = await open(databaseUrl).catch((thrown: unknown) => thrown);
  expect(String(error)).not.toContain("ss/word");
  expect(String(error)).not.toContain(encodeURIComponent(POSTGRES_PASSWORD));
  return error;
}

describe("the catalog on PostgreSQL", () => catalogContract(freshDatabase));
describe("segments on PostgreSQL", () => segmentsContract(freshDatabase));
describe("footage and outlines of segments on PostgreSQL", () => outlinesContract(freshDatabase));
describe("rules of recording on PostgreSQL", () => rulesContract(freshDatabase));
describe("storage on PostgreSQL", () => storageContract(freshDatabase));
describe("the ledger on PostgreSQL", () => ledgerContract(freshDatabase));
describe("exports on PostgreSQL", () => exportsContract(freshDatabase));
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
    expect(await refusal(server.url("nightjar", POSTGRES_PASSWORD, at))).toMatchObject(
      unavailable(new RegExp(`127\\.0\\.0\\.1:${at}/nightjar .*Is PostgreSQL running there`)),
    );
  });

  it("when the password is wrong", async () => {
    expect(await refusal(server.url("postgres", `${POSTGRES_PASSWORD}!`))).toMatchObject(
      unavailable(/user name or password is wrong/),
    );
  });

  it("when there is no such database", async () => {
    expect(await refusal(server.url("nowhere"))).toMatchObject(unavailable(/\/nowhere .*Create the database first/));
  });

  it("when the address is malformed", async () => {
    for (const password of [POSTGRES_PASSWORD, "1#ss/word", "1?ss/word", "1/ss/word"])
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
