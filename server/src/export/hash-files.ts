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
  /** 0 where no CRCs were wanted. */
  readonly crc32: number;
  /** CRC-32 of each `BLOCK_BYTES`; empty where none were wanted. */
  readonly blocks: readonly number[];
}

export interface HashRun {
  readonly signal: AbortSignal;
  readonly withCrcs: boolean;
  readonly onBytes?: (count: number) => void;
}

/** Hashes files one after the other, in a thread of low priority. Rejects with the system's error, and with the signal's reason. */
export async function hashFiles(wishes: readonly HashWish[], run: HashRun): Promise<readonly FileHash[]> {
  const { signal, withCrcs, onBytes } = run;
  signal.throwIfAborted();
  if (wishes.length === 0) return [];
  // From one folder up: the program's single file lies beside this folder.
  const worker = new Worker(new URL("../export/hash-thread.js", import.meta.url), {
    workerData: { wishes, blockBytes: withCrcs ? BLOCK_BYTES : null },
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      const hashes: FileHash[] = [];
      worker.on("message", (told: { readonly bytes: number } | { readonly done: FileHash }) => {
        if ("bytes" in told) onBytes?.(told.bytes);
        else hashes.push(told.done);
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        if (hashes.length === wishes.length) resolve(hashes);
        else reject(signal.aborted ? signal.reason : new Error("the thread that hashes files has ended too early"));
      });
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
