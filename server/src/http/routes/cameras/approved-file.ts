import { realpath } from "node:fs/promises";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { NightjarError, systemErrorCode } from "../../../base/error.ts";
import { invalidField } from "../../field-error.ts";

/**
 * Refuses a `file:` address whose file does not exist or, after following links, does not lie below an approved root
 * (`path_not_allowed`). Other addresses pass.
 */
export async function checkFileUrl(field: string, url: string, approvedRoots: readonly string[]): Promise<void> {
  if (new URL(url).protocol !== "file:") return;
  const path = await realPath(field, localPath(field, url));
  for (const root of approvedRoots) {
    const realRoot = await realpath(root).catch(() => root);
    if (path.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) return;
  }
  throw notAllowed(field);
}

function localPath(field: string, url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw invalidField(field, "must be the address of a file on this machine, such as file:///path/to/video.mp4");
  }
}

async function realPath(field: string, path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // Whether a file exists elsewhere on the machine is nobody's business: a missing one is told like a forbidden one.
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG"].includes(systemErrorCode(error) ?? ""))
      throw notAllowed(field);
    throw error;
  }
}

function notAllowed(field: string): NightjarError {
  return new NightjarError(
    "path_not_allowed",
    `${field} must name a file that exists below an approved folder of the server, such as its data folder.`,
    { details: { field } },
  );
}
