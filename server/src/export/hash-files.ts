import { Worker } from "node:worker_threads";
import { BLOCK_BYTES } from "../evidence/verify-export.js";

/** What to read of a file; `toBytes` null: to its end. */
export interface HashWish {
  readonly path: string;
  readonly fromBytes: number;
  readonly toBytes: number | null;
}

export interface FileHash {
  /** Of the whole file. */
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface FileCrcs {
  readonly crc32: number;
  /** CRC-32 of each `BLOCK_BYTES`. */
  readonly blocks: readonly number[];
}

export interface HashRun {
  readonly signal: AbortSignal;
  readonly onBytes?: (count: number) => void;
}

/**
 * Hashes files one after the other, in a thread of low priority. Rejects with the system's error, and with the signal's reason.
 */
export function hashFiles(wishes: readonly HashWish[], run: HashRun): Promise<readonly FileHash[]> {
  return inThread<FileHash>("sha256", wishes, run);
}

/** The same for CRC-32, which takes a quarter of the time: next to hashing a file it costs no time where there is a second core. */
export function crcFiles(wishes: readonly HashWish[], run: HashRun): Promise<readonly FileCrcs[]> {
  return inThread<FileCrcs>("crc32", wishes, run);
}

async function inThread<Result>(
  kind: "sha256" | "crc32",
  wishes: readonly HashWish[],
  { signal, onBytes }: HashRun,
): Promise<readonly Result[]> {
  signal.throwIfAborted();
  if (wishes.length === 0) return [];
  // From one folder up: the program's single file lies beside this folder.
  const worker = new Worker(new URL("../export/hash-thread.js", import.meta.url), {
    workerData: { wishes, kind, blockBytes: BLOCK_BYTES },
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      const results: Result[] = [];
      worker.on("message", (told: { readonly bytes: number } | { readonly done: Result }) => {
        if ("bytes" in told) onBytes?.(told.bytes);
        else results.push(told.done);
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        if (results.length === wishes.length) resolve(results);
        else reject(signal.aborted ? signal.reason : new Error("the thread that hashes files has ended too early"));
      });
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
