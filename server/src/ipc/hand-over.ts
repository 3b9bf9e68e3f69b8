import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isRunning, type ProcessIdentity } from "../base/process-identity.ts";
import { replaceFile } from "../base/replace-file.ts";

// A worker is replaced by its successor without a gap: what the three who do it (server, predecessor, successor) know of one another lies
// in two files of the worker's folder, so that it goes on when the server dies in between.

/** Written by the successor. */
export interface SuccessorState {
  readonly pid: number;
  /** `ProcessIdentity.start`: the number may be another process's later. An earlier version did not write it. */
  readonly start?: string;
  /** `ready`: it has the camera's footage since some seconds. `alone`: the camera allows no second connection, or none now. */
  readonly state: "connecting" | "ready" | "alone";
}

/** Written by the predecessor, before it ends. */
export interface HandOver {
  /** `sampleHash` of the first sync sample that it did not record; null where it ended anywhere. */
  readonly nextSync: string | null;
}

const AFTER_FILE = "after.json";
const SUCCESSOR_FILE = "successor.json";
const HAND_OVER_FILE = "hand-over.json";

/** Written by a server whose backend starts a successor with nothing but its name: the process whose place it is to take. */
export async function writeAfter(folder: string, predecessor: ProcessIdentity): Promise<void> {
  await replaceFile(join(folder, AFTER_FILE), JSON.stringify(predecessor));
}

/** The process whose place a worker is to take; null: none, or it has ended. */
export async function readAfter(folder: string): Promise<ProcessIdentity | null> {
  const predecessor = await readJson<ProcessIdentity>(join(folder, AFTER_FILE));
  return predecessor !== null && predecessor.pid !== process.pid && isRunning(predecessor) ? predecessor : null;
}

export async function removeAfter(folder: string): Promise<void> {
  await rm(join(folder, AFTER_FILE), { force: true });
}

/** Whether another process stands by for this worker's place, or has taken it. */
export async function isSucceeded(folder: string): Promise<boolean> {
  const said = await readSuccessor(folder);
  if (said?.start === undefined || said.pid === process.pid) return false;
  return isRunning({ pid: said.pid, start: said.start });
}

export async function writeSuccessor(folder: string, state: SuccessorState): Promise<void> {
  await replaceFile(join(folder, SUCCESSOR_FILE), JSON.stringify(state));
}

/** null: nobody stands by. */
export function readSuccessor(folder: string): Promise<SuccessorState | null> {
  return readJson<SuccessorState>(join(folder, SUCCESSOR_FILE));
}

export async function writeHandOver(folder: string, handOver: HandOver): Promise<void> {
  await replaceFile(join(folder, HAND_OVER_FILE), JSON.stringify(handOver), { durable: true });
}

/** What the predecessor left for whoever comes next, once; null where it was not asked to hand over. */
export async function takeHandOver(folder: string): Promise<HandOver | null> {
  const handOver = await readJson<HandOver>(join(folder, HAND_OVER_FILE));
  await rm(join(folder, HAND_OVER_FILE), { force: true });
  return handOver;
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return null;
  }
}
