import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { catalogContract, NOW_MS } from "./catalog.contract.ts";
import { exportsContract } from "./exports.contract.ts";
import { freshSqlite } from "./fresh-sqlite.contract.ts";
import { ledgerContract } from "./ledger.contract.ts";
import { openCatalog, openCatalogToRead } from "./open-catalog.ts";
import { outlinesContract } from "./outlines.contract.ts";
import { restoreContract } from "./restore.contract.ts";
import { rulesContract } from "./rules.contract.ts";
import { segmentsContract } from "./segments.contract.ts";
import { storageContract } from "./storage.contract.ts";

let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-catalog-"));
});
afterAll(() => rm(folder, { recursive: true }));

const newFile = () => join(folder, `${++count}`, "catalog.sqlite");
const open = (file: string) =>
  openCatalog({ databaseUrl: `sqlite:${file}`, clock: new SimulatedClock(NOW_MS), log: silentLog });

const freshDatabase = async () => freshSqlite(join(folder, `${++count}`));
describe("the catalog on SQLite", () => catalogContract(freshDatabase));
describe("segments on SQLite", () => segmentsContract(freshDatabase));
describe("footage and outlines of segments on SQLite", () => outlinesContract(freshDatabase));
describe("rules of recording on SQLite", () => rulesContract(freshDatabase));
describe("storage on SQLite", () => storageContract(freshDatabase));
describe("the ledger on SQLite", () => ledgerContract(freshDatabase));
describe("exports on SQLite", () => exportsContract(freshDatabase));
describe("taking in from files on SQLite", () => restoreContract(freshDatabase));

describe("a SQLite catalog", () => {
  it("is opened by one server only, and is free again after it was closed", async () => {
    const file = newFile();
    const catalog = await open(file);
    await expect(open(file)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/Another Nightjar server .*catalog\.sqlite/),
    });
    await catalog.close();
    await (await open(file)).close();
  });

  it("is free again after its server was killed", async () => {
    const file = newFile();
    await (await open(file)).close();
    const lockModule = new URL("./dialects/instance-lock.ts", import.meta.url).href;
    const script = `import(${JSON.stringify(lockModule)}).then(({ lockInstance }) => {
      lockInstance(${JSON.stringify(file)}); console.log("locked"); setInterval(() => {}, 1000); })`;
    const holder = spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(holder.stdout, "data");
      await expect(open(file)).rejects.toMatchObject({ code: "unavailable" });
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    await (await open(file)).close();
  });

  it("that is not there is not made by who only wants to read it", async () => {
    const file = newFile();
    const reading = openCatalogToRead({
      databaseUrl: `sqlite:${file}`,
      clock: new SimulatedClock(NOW_MS),
      log: silentLog,
    });
    await expect(reading).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/catalog\.sqlite cannot be read \(ENOENT\).*nightjar reindex/),
    });
    await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("can be read by its owner only", async () => {
    const file = newFile();
    const catalog = await open(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(`${file}-wal`)).mode & 0o777).toBe(0o600);
    await catalog.close();
  });

  it("that is damaged is named, and left as it is", async () => {
    const file = newFile();
    await (await open(file)).close();
    await writeFile(file, "no database ".repeat(1000));
    await expect(open(file)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/catalog\.sqlite is damaged .* restore it from a backup/),
    });
    expect((await stat(file)).size).toBe(12_000);
  });

  it("in a folder that cannot be written is named with the cause", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(open(join(folder, "file", "data", "catalog.sqlite"))).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/catalog\.sqlite cannot be written \(ENOTDIR\).*NIGHTJAR_DATA/),
    });
  });
});
