import { access, constants, statfs } from "node:fs/promises";
import { makeFolder } from "../base/make-folder.ts";
import type { StorageFailure } from "./storage-failure.ts";

/** On a full disk recording goes on once this much is free: enough for some seconds and for closing what was left open. */
const RESUME_FREE_BYTES = 4_000_000;

/** Whether what kept footage from being written is gone. Never rejects. */
export async function canWriteAgain(folder: string, cause: StorageFailure["cause"]): Promise<boolean> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    if (cause !== "disk_full") return true;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= RESUME_FREE_BYTES;
  } catch {
    return false;
  }
}
