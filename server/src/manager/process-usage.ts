import { readFile } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { procStatField } from "../base/proc-stat.ts";

/** Adding up a process's memory walks all of it: what was read is good for this long, however often it is asked for. */
const FRESH_MS = 5000;
/** `USER_HZ`: the unit in which Linux tells computing time, the same on all machines that Node.js runs on (proc(5)). */
const TICKS_PER_SECOND = 100;

/** What one or several processes use. */
export interface ProcessUsage {
  /** Of one core, since the last reading; at the first one since they began. */
  readonly cpuPercent: number;
  /** Bytes: shared memory divided among those who share it (PSS) where the system tells, else all that is resident. */
  readonly memoryBytes: number;
}

export interface ProcessFamilyUsage {
  readonly own: ProcessUsage;
  /** Of the programs that it has started, directly; null while there are none. */
  readonly children: ProcessUsage | null;
}

interface Reading {
  readonly pid: number;
  /** With the pid, tells a process from a later one that got the same number. */
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly memoryBytes: number;
}

interface Family {
  readonly atMs: number;
  readonly usage: ProcessFamilyUsage | null;
  readonly readings: readonly Reading[];
}

/** Tells what processes use, from /proc; reads only when asked, and each process at most every five seconds. */
export class ProcessUsageReader {
  readonly #clock: Clock;
  #families = new Map<number, Promise<Family>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What these processes and their children use, by pid; those that are not there any more are left out. */
  async usage(pids: readonly number[]): Promise<ReadonlyMap<number, ProcessFamilyUsage>> {
    const before = this.#families;
    this.#families = new Map(pids.map((pid) => [pid, this.#freshFamily(pid, before.get(pid))]));
    const found = await Promise.all([...this.#families].map(async ([pid, family]) => [pid, await family] as const));
    return new Map(found.flatMap(([pid, { usage }]) => (usage === null ? [] : [[pid, usage] as const])));
  }

  async #freshFamily(pid: number, before: Promise<Family> | undefined): Promise<Family> {
    const last = await before;
    const atMs = this.#clock.monotonicMs();
    if (last !== undefined && atMs - last.atMs < FRESH_MS) return last;
    const [own, ...children] = await readFamily(pid);
    if (own === undefined) return { atMs, usage: null, readings: [] };
    const upTicks = await uptimeTicks();
    const since: Since = {
      before: last?.readings ?? [],
      elapsedMs: last === undefined ? null : atMs - last.atMs,
      upTicks,
    };
    return {
      atMs,
      readings: [own, ...children],
      usage: { own: usageOf([own], since), children: children.length === 0 ? null : usageOf(children, since) },
    };
  }
}

interface Since {
  readonly before: readonly Reading[];
  /** null: there was no reading before. */
  readonly elapsedMs: number | null;
  readonly upTicks: number;
}

function usageOf(readings: readonly Reading[], since: Since): ProcessUsage {
  const cpuPercent = readings.reduce((sum, reading) => sum + cpuPercentOf(reading, since), 0);
  return {
    cpuPercent: Math.round(cpuPercent * 10) / 10,
    memoryBytes: readings.reduce((sum, reading) => sum + reading.memoryBytes, 0),
  };
}

function cpuPercentOf(reading: Reading, { before, elapsedMs, upTicks }: Since): number {
  const earlier = before.find((one) => one.pid === reading.pid && one.startTicks === reading.startTicks);
  if (earlier !== undefined && elapsedMs !== null)
    return ((reading.cpuTicks - earlier.cpuTicks) * 100_000) / (elapsedMs * TICKS_PER_SECOND);
  return (reading.cpuTicks * 100) / Math.max(1, upTicks - reading.startTicks);
}

/** The process itself, then its children; nothing when it is gone. */
async function readFamily(pid: number): Promise<Reading[]> {
  const own = await readProcess(pid);
  if (own === null) return [];
  // Node.js starts programs from its main thread, whose number is the pid.
  const children = await readText(`/proc/${pid}/task/${pid}/children`);
  const readings = await Promise.all(words(children ?? "").map((child) => readProcess(Number(child))));
  return [own, ...readings.filter((reading) => reading !== null)];
}

async function readProcess(pid: number): Promise<Reading | null> {
  const stat = await readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const field = (number: number) => Number(procStatField(stat)(number));
  const [userTicks, systemTicks, startTicks] = [field(14), field(15), field(22)];
  return { pid, startTicks, cpuTicks: userTicks + systemTicks, memoryBytes: await memoryBytes(pid) };
}

async function memoryBytes(pid: number): Promise<number> {
  const rollup = await readText(`/proc/${pid}/smaps_rollup`);
  const proportional = /^Pss: +(\d+) kB$/m.exec(rollup ?? "");
  if (proportional !== null) return Number(proportional[1]) * 1024;
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec((await readText(`/proc/${pid}/status`)) ?? "");
  return Number(resident?.[1] ?? 0) * 1024;
}

async function uptimeTicks(): Promise<number> {
  return Number(words((await readText("/proc/uptime")) ?? "")[0] ?? 0) * TICKS_PER_SECOND;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** null where there is none, or it may not be read: a process can end at any moment. */
async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "latin1");
  } catch {
    return null;
  }
}
