import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { NightjarError, systemErrorCode } from "../../base/error.ts";

/**
 * A folder, which need not be there yet, with all links on the way to it resolved. Throws `path_not_allowed` where it lies outside the approved
 * roots. `field`: as the API names it.
 */
export async function approvedPath(field: string, path: string, approvedRoots: readonly string[]): Promise<string> {
  const resolved = await resolveLinks(path);
  for (const root of approvedRoots) {
    if (isWithin(resolved, await resolveLinks(root))) return resolved;
  }
  throw new NightjarError(
    "path_not_allowed",
    `${field} must lie in one of the approved folders: ${approvedRoots.join(", ")}. An administrator adds others in the system settings.`,
    { details: { field } },
  );
}

/** Whether a path is a folder or something in it; both absolute, without links. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** What is not there has no links: the folder above it is resolved. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const above = dirname(path);
    if (systemErrorCode(error) !== "ENOENT" || above === path) throw error;
    return join(await resolveLinks(above), basename(path));
  }
}
