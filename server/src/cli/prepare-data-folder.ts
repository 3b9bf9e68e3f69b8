import { access, constants, mkdir } from "node:fs/promises";
import { errorMessage, NightjarError } from "../base/error.ts";
import type { DataPaths } from "../config/settings.ts";

/** Makes the data folder and checks that it can be written. Throws `unavailable` with the folder and what to do. */
export async function prepareDataFolder(paths: DataPaths): Promise<void> {
  try {
    await mkdir(paths.root, { recursive: true });
    await access(paths.root, constants.W_OK);
    await mkdir(paths.workers, { recursive: true, mode: 0o700 });
    await mkdir(paths.logs, { recursive: true });
  } catch (cause) {
    throw new NightjarError(
      "unavailable",
      `The data folder ${paths.root} cannot be written (${errorMessage(cause)}). Give this user the right to write there, or choose another folder with NIGHTJAR_DATA.`,
      { cause },
    );
  }
}
