import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { type SuccessorState, writeSuccessor } from "../ipc/hand-over.ts";
import { replaceWorker } from "./replace-worker.ts";
import type { RunningWorker } from "./worker-backend.ts";

const root = testFolder();
const clock = new SimulatedClock(0);
let folder: string;
let folders = 0;

beforeEach(async () => {
  folders += 1;
  folder = join(root, `${folders}`);
  await mkdir(folder);
});

class Process implements RunningWorker {
  readonly pid: number;
  ended = false;
  ends = 0;

  readonly interim: boolean;

  constructor(pid: number, interim = false) {
    this.pid = pid;
    this.interim = interim;
  }

  gone = () => this.ended;

  async ending(): Promise<string> {
    return "ended with code 1";
  }

  async end(): Promise<void> {
    this.ends += 1;
    this.ended = true;
  }
}

/** A replacement that is under way. `successor` null: the backend has room for one process only. */
function replacement(successor: Process | null = new Process(2)) {
  const predecessor = new Process(1);
  const asked: string[] = [];
  const abort = new AbortController();
  const parts = { starts: 0, done: null as boolean | null };
  const startSuccessor = async (): Promise<Process | null> => {
    parts.starts += 1;
    return successor;
  };
  const backend = {
    endSuccessors: async () => {},
    workersOutliveServer: false,
    start: () => Promise.reject(),
    found: () => predecessor,
    startSuccessor,
  };
  void replaceWorker({
    ...{ name: "1-1", workerArguments: [], folder, predecessor, backend, clock, log: silentLog, signal: abort.signal },
    handOver: (at) => asked.push(at),
    onSuccessor: () => {},
  }).then((done) => {
    parts.done = done;
  });
  return { predecessor, successor, asked, abort, parts };
}

const says = (state: SuccessorState["state"], pid = 2) => writeSuccessor(folder, { pid, state });

/** Time passes until it is so. */
const passing = (check: () => void, stepMs = 50) =>
  eventually(() => {
    clock.advance(stepMs);
    check();
  });
/** In so large steps minutes pass soon. */
const MINUTES_MS = 20_000;

describe("a worker of another version", () => {
  it.each([
    ["ready", "sync_sample"],
    ["alone", "once"],
  ] as const)("hands over when its successor says %s", async (state, at) => {
    const { predecessor, asked, parts } = replacement();
    await says("connecting");
    await passing(() => expect(parts.starts).toBe(1));
    expect(asked).toEqual([]);
    await says(state);
    await passing(() => expect(asked).toEqual([at]));
    predecessor.ended = true;
    await passing(() => expect(parts.done).toBe(true));
    expect(predecessor.ends).toBe(0);
  });

  it("hands over at once where there can be only one process", async () => {
    const { predecessor, asked, parts } = replacement(null);
    await passing(() => expect(asked).toEqual(["once"]));
    predecessor.ended = true;
    await passing(() => expect(parts.done).toBe(true));
  });

  it("hands over at once, without its successor, where that is alone and would be replaced too: one gap instead of two", async () => {
    const { predecessor, successor, asked, parts } = replacement(new Process(2, true));
    await passing(() => expect(parts.starts).toBe(1));
    await says("alone");
    await passing(() => expect(asked).toEqual(["once"]));
    expect(successor?.ends).toBe(1);
    predecessor.ended = true;
    await passing(() => expect(parts.done).toBe(true));
  });

  it("is ended where it does not know how to hand over", async () => {
    const { predecessor, parts } = replacement();
    await says("ready");
    await passing(() => expect(predecessor.ends).toBe(1), MINUTES_MS);
    await passing(() => expect(parts.done).toBe(true));
  });

  it("goes on where its successor cannot stand by, which is tried again later", async () => {
    const broken = new Process(2);
    broken.ended = true;
    const { predecessor, asked, parts, abort } = replacement(broken);
    await passing(() => expect(parts.starts).toBe(2), MINUTES_MS);
    expect([predecessor.ends, asked]).toEqual([0, []]);
    abort.abort();
    await passing(() => expect(parts.done).toBe(false));
  });

  it("is followed by its successor where it ends by itself", async () => {
    const { predecessor, successor, asked, parts } = replacement();
    await passing(() => expect(parts.starts).toBe(1));
    predecessor.ended = true;
    await passing(() => expect(parts.done).toBe(true));
    expect([successor?.ends, asked]).toEqual([0, []]);
  });

  it("goes on, and its successor is ended, where the server lets go of both before", async () => {
    const { predecessor, successor, asked, parts, abort } = replacement();
    await passing(() => expect(parts.starts).toBe(1));
    abort.abort();
    await passing(() => expect(parts.done).toBe(false));
    expect([predecessor.ends, successor?.ends, asked]).toEqual([0, 1, []]);
  });

  it("is not mistaken for what another successor said earlier", async () => {
    await says("ready", 3);
    const { asked, parts } = replacement();
    await passing(() => expect(parts.starts).toBe(2), MINUTES_MS);
    expect(asked).toEqual([]);
  });
});
