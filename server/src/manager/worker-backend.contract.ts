import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { identify } from "../base/process-identity.ts";
import type { RunningWorker, WorkerBackend } from "./worker-backend.ts";

/** What the program below does besides writing its state down. */
type Behaviour = "records" | "fails" | "hangs";

/** A worker in miniature: node program.mjs worker --state <folder>. */
export const PROGRAM = `
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
const folder = process.argv[process.argv.indexOf("--state") + 1];
const tell = (line) => appendFileSync(join(folder, "told"), line + "\\n");
const behaviour = readFileSync(join(folder, "behaviour"), "utf8");
process.on("SIGTERM", () => {
  tell("asked to end");
  if (behaviour === "hangs") return;
  setTimeout(() => { tell("closed"); process.exit(0); }, 300);
});
tell("started");
if (behaviour === "fails") process.exit(3);
setInterval(() => {}, 1000);
`;

export interface BackendUnderTest {
  /** A new one, as a new server makes it, for workers that run `program` with the arguments given to `start`. */
  make(program: string): WorkerBackend;
  /** Holds a folder for each worker. */
  readonly workersFolder: string;
}

/** What every backend guarantees. */
export function itIsAWorkerBackend({ make, workersFolder }: BackendUnderTest): void {
  const program = join(workersFolder, "program.mjs");
  const running: RunningWorker[] = [];
  let last = 0;
  afterEach(async () => {
    await Promise.all(running.splice(0).map((worker) => worker.end()));
  });

  function newWorker(behaviour: Behaviour) {
    last += 1;
    const name = `7-${last}`;
    const folder = join(workersFolder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(program, PROGRAM);
    writeFileSync(join(folder, "behaviour"), behaviour);
    const start = async (backend = make(program)): Promise<RunningWorker> => {
      const worker = await backend.start(name, ["worker", "--state", folder]);
      running.push(worker);
      return worker;
    };
    const file = join(folder, "told");
    const told = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
    return { name, start, told };
  }

  it("starts a worker, which goes on", async () => {
    const { start, told } = newWorker("records");
    const worker = await start();
    await eventually(() => expect(told()).toEqual(["started"]));
    expect(worker.gone()).toBe(false);
    expect(identify(worker.pid)).not.toBeNull();
  });

  it("does not start a worker twice, whichever server has started it", async () => {
    const { start, told } = newWorker("records");
    const worker = await start();
    await eventually(() => expect(told()).toEqual(["started"]));
    const again = await start();
    expect(again.pid).toBe(worker.pid);
    expect(again.gone()).toBe(false);
    expect(told()).toEqual(["started"]);
  });

  it("ends a worker that was found again when it has closed what it had open, asking it only once", async () => {
    const { name, start, told } = newWorker("records");
    const { pid } = await start();
    await eventually(() => expect(told()).toEqual(["started"]));
    const found = make(program).found(name, pid);
    expect(found).toMatchObject({ pid });
    await Promise.all([found.end(), found.end()]);
    expect(found.gone()).toBe(true);
    expect(identify(pid)).toBeNull();
    expect(told()).toEqual(["started", "asked to end", "closed"]);
  });

  it("ends a worker by force that does not end when asked", async () => {
    const { start, told } = newWorker("hangs");
    const worker = await start();
    await eventually(() => expect(told()).toEqual(["started"]));
    await worker.end();
    expect(worker.gone()).toBe(true);
    expect(told()).toEqual(["started", "asked to end"]);
  });

  it("tells that a worker has failed, and how; ended then, it stays away", async () => {
    const { start, told } = newWorker("fails");
    const worker = await start();
    await eventually(() => expect(worker.gone()).toBe(true));
    expect(await worker.ending()).toBe("ended with code 3");
    await worker.end();
    const lives = told().length;
    expect((await start()).pid).not.toBe(worker.pid);
    await eventually(() => expect(told().length).toBeGreaterThan(lives));
  });

  it("has ended a worker that nobody finds any more", async () => {
    const { name, start, told } = newWorker("records");
    const { pid } = await start();
    await eventually(() => expect(told()).toEqual(["started"]));
    await make(program).found(name, pid).end();
    const found = make(program).found(name, pid);
    expect(found.gone()).toBe(true);
    await found.end();
  });
}
