import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "./error.ts";

/**
 * Makes a folder and those above it that are missing; one that is there already is left as it is. Rejects with the system's error.
 *
 * Not `mkdir` with `recursive`: where a file system answers ENOENT for a folder whose parent exists (as /proc does), Node 20 tries for ever.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  if ((await refusal(path, mode)) === null) return;
  // Whoever makes another folder there at this moment may have made those above it since.
  if (!(await isFolder(dirname(path)))) await makeFolder(dirname(path), mode);
  const refused = await refusal(path, mode);
  if (refused !== null) throw refused;
}

/** Makes one folder. null: it is there; otherwise the error that says that one above it is missing. Rejects with all others. */
async function refusal(path: string, mode?: number): Promise<Error | null> {
  try {
    await mkdir(path, mode);
    return null;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return error as Error;
    if (code === "EEXIST" && (await isFolder(path))) return null;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
