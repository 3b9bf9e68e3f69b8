import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../base/replace-file.ts";

// A worker is replaced by its successor without a gap: what the three who do it (server, predecessor, successor) know of one another lies
// in two files of the worker's folder, so that it goes on when the server dies in between.

/** Written by the successor. */
export interface SuccessorState {
  readonly pid: number;
  /** `ready`: it has the camera's footage since some seconds. `alone`: the camera allows no second connection, or none now. */
  readonly state: "connecting" | "ready" | "alone";
}

/** Written by the predecessor, before it ends. */
export interface HandOver {
  /** `sampleHash` of the first sync sample that it did not record; null where it ended anywhere. */
  readonly nextSync: string | null;
}

const SUCCESSOR_FILE = "successor.json";
const HAND_OVER_FILE = "hand-over.json";

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
