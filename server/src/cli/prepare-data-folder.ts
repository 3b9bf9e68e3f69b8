import { access, constants } from "node:fs/promises";
import { errorMessage, NightjarError } from "../base/error.ts";
import { makeFolder } from "../base/make-folder.ts";
import type { DataPaths } from "../config/settings.ts";

/** Makes the data folder and checks that it can be written. Throws `unavailable` with the folder and what to do. */
export async function prepareDataFolder(paths: DataPaths): Promise<void> {
  try {
    await makeFolder(paths.root);
    await access(paths.root, constants.W_OK);
    await makeFolder(paths.workers, 0o700);
    await makeFolder(paths.logs);
  } catch (cause) {
    throw new NightjarError(
      "unavailable",
      `The data folder ${paths.root} cannot be written (${errorMessage(cause)}). Give this user the right to write there, or choose another folder with NIGHTJAR_DATA.`,
      { cause },
    );
  }
}
