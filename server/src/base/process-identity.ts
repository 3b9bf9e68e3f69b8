import { readFileSync } from "node:fs";
import { procStatField } from "./proc-stat.ts";

/** One process, told from a later one that got the same number by when it began. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine's start and the ticks since then (proc(5)); empty where the system does not tell. */
  readonly start: string;
}

const STATE = 3;
const START_TICKS = 22;

/** The process that has this number now; null when there is none, or it has ended and waits for its parent to notice. */
export function identify(pid: number): ProcessIdentity | null {
  // 0 and below are not numbers of processes, but would address groups of them.
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform !== "linux") return answers(pid) ? { pid, start: "" } : null;
  try {
    const field = procStatField(readFileSync(`/proc/${pid}/stat`, "latin1"));
    if (/^[ZXx]$/.test(field(STATE))) return null;
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return { pid, start: `${bootId} ${field(START_TICKS)}` };
  } catch {
    return null;
  }
}

/** Whether this very process still runs. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  return identify(pid)?.start === start;
}

/** Sends a signal to this very process; nothing happens when it has ended. */
export function signalProcess(identity: ProcessIdentity, name: "SIGTERM" | "SIGKILL"): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch {
    // Ended in this moment: that is what was asked for.
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
