import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { isRunning, type ProcessIdentity, signalProcess } from "../base/process-identity.ts";

/** A worker closes its segments well within this; then it is killed. */
const END_WITHIN_MS = 8000;
/** Not even the kernel ends a process that waits for a dead disk. */
const KILLED_WITHIN_MS = 1000;
const POLL_MS = 50;

/** Ends a process: asks it to, waits, and kills it when it takes too long. Nothing happens to a later one with its number. */
export async function endProcess(
  identity: ProcessIdentity,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> {
  signalProcess(identity, "SIGTERM");
  if (await hasEnded(identity, clock, END_WITHIN_MS)) return;
  log.error("a process did not end in time and is killed", { pid: identity.pid });
  signalProcess(identity, "SIGKILL");
  await hasEnded(identity, clock, KILLED_WITHIN_MS);
}

async function hasEnded(identity: ProcessIdentity, clock: Clock, withinMs: number): Promise<boolean> {
  const untilMs = clock.monotonicMs() + withinMs;
  while (isRunning(identity)) {
    if (clock.monotonicMs() > untilMs) return false;
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
  return true;
}
