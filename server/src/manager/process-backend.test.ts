import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { identify } from "../base/process-identity.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { childEnvironment } from "../config/child-environment.ts";
import { ProcessBackend } from "./process-backend.ts";
import { itIsAWorkerBackend } from "./worker-backend.contract.ts";

const workersFolder = testFolder();
const waits = join(workersFolder, "waits.mjs");
writeFileSync(waits, "setInterval(() => {}, 1000);");

function backend(command: readonly string[]): ProcessBackend {
  const logFolder = join(workersFolder, "logs");
  const environment = childEnvironment();
  return new ProcessBackend({ command, workersFolder, logFolder, environment, clock: systemClock, log: silentLog });
}

describe("workers as child processes", () => {
  itIsAWorkerBackend({ make: (program) => backend([process.execPath, program]), workersFolder });

  it("are told from another process that got the number of one that has ended", async () => {
    const waiting = backend([process.execPath, waits]);
    const other = await waiting.start("8-1", []);
    // As a killed worker leaves it, whose number is the other's now.
    const late = { ...identify(other.pid), start: "an earlier time" };
    mkdirSync(join(workersFolder, "8-2"));
    writeFileSync(join(workersFolder, "8-2", "process.json"), JSON.stringify(late));
    const worker = await waiting.start("8-2", []);
    expect(worker.pid).not.toBe(other.pid);
    await worker.end();
    expect(other.gone()).toBe(false);
    await other.end();
  });

  it("get a successor beside them, one at a time, which is found in their place when they are gone", async () => {
    mkdirSync(join(workersFolder, "8-4"));
    const waiting = backend([process.execPath, waits]);
    const predecessor = await waiting.start("8-4", []);
    const earlier = await waiting.startSuccessor("8-4", [], predecessor);
    const successor = await waiting.startSuccessor("8-4", [], predecessor);
    expect(earlier.gone()).toBe(true);
    expect([predecessor.gone(), successor.gone()]).toEqual([false, false]);
    expect((await waiting.start("8-4", [])).pid).toBe(predecessor.pid);
    const other = await waiting.startSuccessor("8-4", [], predecessor);
    expect(successor.gone()).toBe(true);
    await waiting.endSuccessors("8-4", predecessor.pid);
    expect([predecessor.gone(), other.gone()]).toEqual([false, true]);
    const newest = await waiting.startSuccessor("8-4", [], predecessor);
    await predecessor.end();
    // As the next server does, too.
    const found = await backend([process.execPath]).start("8-4", []);
    expect(found.pid).toBe(newest.pid);
    await found.end();
    expect(newest.gone()).toBe(true);
  });

  it("that cannot be started say why", async () => {
    const worker = await backend([join(workersFolder, "no-such-program")]).start("8-3", []);
    await eventually(() => expect(worker.gone()).toBe(true));
    expect(await worker.ending()).toMatch(/^could not be started: .*ENOENT/);
  });
});
