import { readdirSync, readFileSync } from "node:fs";

/** One process of this machine, as /proc tells. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  /** With the pid, tells a process from a later one that got the same number. */
  readonly startTicks: string;
  readonly arguments: string;
  readonly environment: string;
}

export function listProcesses(): ProcessInfo[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => readProcess(Number(pid)) ?? []);
}

/** Processes and all that they started, directly or not, as long as the parents live; each once. */
export function processTree(...rootPids: readonly number[]): ProcessInfo[] {
  const all = listProcesses();
  const tree = new Set(all.filter((process) => rootPids.includes(process.pid)));
  for (const member of tree) for (const other of all) if (other.parentPid === member.pid) tree.add(other);
  return [...tree];
}

/** Those of `processes` that still run. */
export function stillRunning(processes: readonly ProcessInfo[]): ProcessInfo[] {
  return processes.filter(({ pid, startTicks }) => readProcess(pid)?.startTicks === startTicks);
}

/** undefined when it has ended, or is only waiting for its parent to take notice of that. */
const BYTES_PER_KIB = 1024;

/**
 * Proportional set size: a page that several processes share counts for each by its share, so that sums are what the machine gives. 0 once
 * it has ended.
 */
export function pssBytes({ pid }: ProcessInfo): number {
  try {
    const [, kib] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1")) ?? [];
    return Number(kib ?? 0) * BYTES_PER_KIB;
  } catch {
    return 0;
  }
}

function readProcess(pid: number): ProcessInfo | undefined {
  try {
    // The second field, the name, stands in parentheses and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    const [state = "", parentPid = ""] = fields;
    const startTicks = fields[19] ?? "";
    if (state === "Z" || state === "X") return undefined;
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8").replaceAll("\0", " ").trim();
    return { pid, parentPid: Number(parentPid), startTicks, arguments: read("cmdline"), environment: read("environ") };
  } catch {
    return undefined;
  }
}
