import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { ProcessUsageReader } from "./process-usage.ts";

// Real processes, their own numbers; only the time between two readings is simulated.

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Says a line when it is ready. */
async function start(script: string): Promise<number> {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

const HELD_BYTES = 60_000_000;
const HOLDS_MEMORY = `globalThis.held = Buffer.alloc(${HELD_BYTES}, 1); console.log("ready"); setInterval(() => {}, 1e6)`;
const BUSY = `console.log("ready"); for (;;) for (let i = 0; i < 1e6; i++);`;

describe("what a process uses", () => {
  it("is told in bytes that it holds", async () => {
    const [small, large] = [await start(`console.log("ready"); setInterval(() => {}, 1e6)`), await start(HOLDS_MEMORY)];
    const usage = await new ProcessUsageReader(new SimulatedClock(0)).usage([small, large]);
    const bytes = (pid: number) => usage.get(pid)?.own.memoryBytes ?? 0;
    expect(bytes(small)).toBeGreaterThan(5_000_000);
    expect(bytes(large) - bytes(small)).toBeGreaterThan(HELD_BYTES * 0.8);
    expect(bytes(large) - bytes(small)).toBeLessThan(HELD_BYTES * 1.5);
    expect(usage.get(small)?.children).toBeNull();
  });

  it("is told in computing since the last reading, which is made anew after five seconds and not before", async () => {
    const clock = new SimulatedClock(0);
    const reader = new ProcessUsageReader(clock);
    const pid = await start(BUSY);
    const percent = async () => (await reader.usage([pid])).get(pid)?.own.cpuPercent ?? 0;
    const first = await percent();
    expect(first).toBeGreaterThanOrEqual(0);
    clock.advance(4999);
    expect(await percent()).toBe(first);
    // However slow the machine: by and by the process computes for some of what the clock says are ten milliseconds more.
    await eventually(async () => {
      clock.advance(5000);
      expect(await percent()).toBeGreaterThan(0);
    });
  });

  it("tells that of the programs it has started apart, and forgets one that has ended", async () => {
    const clock = new SimulatedClock(0);
    const reader = new ProcessUsageReader(clock);
    const parent = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(HOLDS_MEMORY)}]);
      child.stdout.once("data", () => console.log("ready"));
      process.on("SIGUSR2", () => child.kill("SIGKILL"));
      setInterval(() => {}, 1e6);`;
    const pid = await start(parent);
    const family = async () => (await reader.usage([pid])).get(pid);
    expect((await family())?.children?.memoryBytes).toBeGreaterThan(HELD_BYTES * 0.8);
    expect((await family())?.own.memoryBytes).toBeLessThan(HELD_BYTES);
    process.kill(pid, "SIGUSR2");
    await eventually(async () => {
      clock.advance(5000);
      expect((await family())?.children).toBeNull();
    });
  });

  it("is left out for a process that is not there", async () => {
    const child = spawn("true");
    await once(child, "exit");
    const usage = await new ProcessUsageReader(new SimulatedClock(0)).usage([child.pid ?? 0, process.pid]);
    expect([...usage.keys()]).toEqual([process.pid]);
  });
});
