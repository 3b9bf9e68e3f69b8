import type { Clock } from "../base/clock.ts";
import { errorMessage } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { readSuccessor } from "../ipc/hand-over.ts";
import type { HandOverAt } from "../ipc/messages.ts";
import type { RunningWorker, WorkerBackend } from "./worker-backend.ts";

/** A successor says how it gets on within this: it starts, connects, and has looked at the camera's times. */
const STANDS_BY_WITHIN_MS = 40_000;
/** Beyond the half minute for which a predecessor waits for a sync sample, and what it takes to close. */
const HANDS_OVER_WITHIN_MS = 45_000;
/** A new version that cannot even stand by may be able to later; until then the old one records. */
const AGAIN_AFTER_MS = 300_000;
const POLL_MS = 50;

export interface ReplaceOptions {
  readonly name: string;
  readonly workerArguments: readonly string[];
  /** The worker's own folder. */
  readonly folder: string;
  readonly predecessor: RunningWorker;
  readonly backend: WorkerBackend;
  readonly handOver: (at: HandOverAt) => void;
  readonly onSuccessor: (successor: RunningWorker) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when neither of both shall be touched any more. */
  readonly signal: AbortSignal;
}

/**
 * Replaces a worker of another version, or one in an interim place: a successor connects to the camera first, then the predecessor is asked to hand over at a sync
 * sample. Where the camera or the backend allows only one at a time it hands over at once. Answers whether it has: whoever then starts the
 * worker finds the successor. Never rejects.
 */
export async function replaceWorker(options: ReplaceOptions): Promise<boolean> {
  const { name, predecessor, log, signal } = options;
  while (!signal.aborted && !predecessor.gone()) {
    try {
      const at = await prepare(options);
      if (at === null) return predecessor.gone();
      log.info("a worker is replaced", { worker: name, at });
      options.handOver(at);
      if (!(await until(predecessor.gone, options, HANDS_OVER_WITHIN_MS)) && !signal.aborted) await predecessor.end();
      return true;
    } catch (error) {
      const reason = errorMessage(error);
      log.error("a worker that is to be replaced goes on: its successor does not stand by", { worker: name, reason });
      await until(predecessor.gone, options, AGAIN_AFTER_MS);
    }
  }
  return false;
}

/** null: not wanted any more. Rejects when there is no successor. */
async function prepare(options: ReplaceOptions): Promise<HandOverAt | null> {
  const { name, backend, workerArguments, predecessor, folder, signal } = options;
  const successor = await backend.startSuccessor(name, workerArguments, predecessor);
  if (successor === null) return signal.aborted ? null : "once";
  options.onSuccessor(successor);
  const state = async () => {
    const said = await readSuccessor(folder);
    return said?.pid === successor.pid ? said.state : "connecting";
  };
  const standsBy = async () => successor.gone() || predecessor.gone() || (await state()) !== "connecting";
  await until(standsBy, options, STANDS_BY_WITHIN_MS);
  // It has taken over by itself.
  if (predecessor.gone()) return null;
  const known = await state();
  // Two gaps instead of one, where an interim one is replaced too.
  if (known === "alone" && successor.interim) {
    await successor.end();
    return signal.aborted ? null : "once";
  }
  if (!signal.aborted && !successor.gone() && known !== "connecting") return known === "ready" ? "sync_sample" : "once";
  const ending = successor.gone() ? await successor.ending() : "did not say how it gets on";
  await successor.end();
  if (signal.aborted) return null;
  throw new Error(`the successor ${ending}`);
}

/** Whether it came to be in time. */
async function until(
  condition: () => boolean | Promise<boolean>,
  { clock, signal }: ReplaceOptions,
  withinMs: number,
): Promise<boolean> {
  const untilMs = clock.monotonicMs() + withinMs;
  while (!(await condition())) {
    if (signal.aborted || clock.monotonicMs() > untilMs) return false;
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
  return true;
}
