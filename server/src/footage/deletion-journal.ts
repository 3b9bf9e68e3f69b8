import { open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import type { DeletionCause } from "../recording/deletion.ts";
import { syncFolder } from "./segment-file.ts";

/** A segment whose deletion was begun, with all that is needed to end it when the file is gone. */
export interface BegunDeletion {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly cause: DeletionCause;
  /** The chain's value of the segment, hex; null: a damaged one that does not tell it any more. */
  readonly chain: string | null;
  /** When it was begun. */
  readonly atMs: number;
}

/** Notes, durably, that a deletion begins: it is ended whatever happens now. Rejects with the system's error. */
export async function noteDeleting(path: string, deletion: BegunDeletion): Promise<void> {
  await append(path, { deleting: deletion });
}

/** Notes that it is done. */
export async function noteDeleted(path: string, name: string): Promise<void> {
  await append(path, { deleted: name });
}

async function append(path: string, line: object): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    const { size } = await file.stat();
    // What a crash tore ends here.
    await file.appendFile(`${size === 0 ? "" : "\n"}${JSON.stringify(line)}`);
    await file.sync();
    if (size === 0) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

/** Deletions that were begun and not done, oldest first. Rejects with the system's error. */
export async function begunDeletions(path: string): Promise<BegunDeletion[]> {
  const begun = new Map<string, BegunDeletion>();
  for (const line of (await textOf(path)).split("\n")) {
    const { deleting, deleted } = parse(line);
    if (deleting !== undefined) begun.set(deleting.name, deleting);
    if (deleted !== undefined) begun.delete(deleted);
  }
  return [...begun.values()];
}

/** Begins the journal anew; only where all in it is done. */
export async function clearJournal(path: string): Promise<void> {
  await unlink(path).catch(unlessMissing);
}

async function textOf(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch(unlessMissing)) ?? "";
}

function parse(line: string): { readonly deleting?: BegunDeletion; readonly deleted?: string } {
  try {
    return JSON.parse(line) as { deleting?: BegunDeletion; deleted?: string };
  } catch {
    // Torn by a crash: nothing was done yet.
    return {};
  }
}

function unlessMissing(error: unknown): undefined {
  if (systemErrorCode(error) !== "ENOENT") throw error;
}
