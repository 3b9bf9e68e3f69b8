import { DatabaseSync } from "@photostructure/sqlite";
import { errorMessage, NightjarError } from "../../base/error.ts";

/** Lets go of the lock. */
export type Unlock = () => void;

/**
 * Makes sure that only one server works on a catalog or data folder: two would run two workers for each camera. The lock is SQLite's own
 * exclusive lock on an empty file beside `catalogFile`, which the operating system frees when the process ends, however it ends.
 * Throws `unavailable` when another server has it.
 */
export function lockInstance(catalogFile: string, place = `the catalog ${catalogFile}`): Unlock {
  const database = new DatabaseSync(`${catalogFile}.lock`, { timeout: 0 });
  try {
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    const message = errorMessage(cause).includes("locked")
      ? `Another Nightjar server is running on ${place}. Stop it first, or give this one a data folder of its own (NIGHTJAR_DATA).`
      : `The lock of ${place} cannot be taken (${errorMessage(cause)}). The data folder must be on a local disk.`;
    throw new NightjarError("unavailable", message, { cause });
  }
  return () => database.close();
}
