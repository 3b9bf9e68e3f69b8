import type { GapCause } from "@nightjar/api/camera";
import { errorMessage, systemErrorCode } from "../base/error.ts";
import { VolumeMissing } from "../footage/volume.ts";

/** Why footage cannot be written: the cause for the ledger and a sentence that says what to do. */
export interface StorageFailure {
  readonly cause: Extract<GapCause, "disk_full" | "storage_missing">;
  readonly message: string;
}

/** Footage could be written, but it must not be: the rest of the space is not for it. */
export class StorageHeld extends Error {}

/** Reads a system error of a write into `folder`. Pure. */
export function storageFailure(folder: string, error: unknown): StorageFailure {
  if (error instanceof VolumeMissing) return { cause: "storage_missing", message: error.message };
  if (error instanceof StorageHeld) return { cause: "disk_full", message: error.message };
  const code = systemErrorCode(error);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return { cause: "disk_full", message: `The disk of ${folder} is full. Make room; recording goes on by itself.` };
    case "EROFS":
      return {
        cause: "storage_missing",
        message: `The disk of ${folder} is mounted read-only. Mount it for writing; recording goes on by itself.`,
      };
    case "EACCES":
    case "EPERM":
      return {
        cause: "storage_missing",
        message: `Nightjar may not write into ${folder}. Give its user the right to write there; recording goes on by itself.`,
      };
    case "ENOENT":
    case "ENOTDIR":
    case "EEXIST":
      return {
        cause: "storage_missing",
        message: `The folder ${folder} is not there and cannot be made. Check the disk and the path; recording goes on by itself.`,
      };
    default:
      return {
        cause: "storage_missing",
        message: `Footage cannot be written into ${folder}: ${errorMessage(error)}. Check the disk.`,
      };
  }
}
