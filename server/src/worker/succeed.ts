import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { identify, isRunning } from "../base/process-identity.ts";
import { readSuccessor, type SuccessorState, takeHandOver, writeSuccessor } from "../ipc/hand-over.ts";
import type { IngestSettings } from "./ingest.ts";
import { Standby } from "./standby.ts";

/** A predecessor that goes on for longer will not be ended any more: the server that wanted it is gone. */
const WAIT_MS = 120_000;
const POLL_MS = 20;

export interface SucceedOptions {
  /** Process of the worker that still serves the camera. */
  readonly predecessorPid: number;
  /** The worker's own folder. */
  readonly stateFolder: string;
  readonly ingest: IngestSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Stands by, connected to the camera, until the predecessor's process is gone. It may end in any way, at any time, with or without a server:
 * from that instant on the camera is this worker's, and nothing of it was touched before. null: the predecessor goes on, or another
 * successor has been started since.
 */
export async function succeed({ predecessorPid, ...options }: SucceedOptions): Promise<Standby | null> {
  const { stateFolder, clock, log } = options;
  const predecessor = identify(predecessorPid);
  const { pid, start = "" } = identify(process.pid) ?? { pid: process.pid };
  const say = (state: SuccessorState["state"]) => writeSuccessor(stateFolder, { pid, start, state });
  await say("connecting");
  // One that was left by an earlier attempt.
  await takeHandOver(stateFolder);
  const standby = new Standby(options.ingest, {
    clock,
    log: log.named("ingest"),
    onKnown: (state) => {
      log.info(state === "ready" ? "standing by" : "standing by without a connection to the camera", {
        predecessorPid,
      });
      say(state).catch((error: unknown) => log.error("the server cannot be told", { error }));
    },
  });
  standby.start();
  const untilMs = clock.monotonicMs() + WAIT_MS;
  while (predecessor !== null && isRunning(predecessor)) {
    if (clock.monotonicMs() > untilMs) {
      await standby.close();
      return null;
    }
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
  if ((await readSuccessor(stateFolder))?.pid === process.pid) return standby;
  await standby.close();
  return null;
}
