import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import { stat } from "../base/file-stats.ts";
import { segmentNameStartMs } from "../recording/segment-name.ts";

/**
 * Names of the segments in a folder whose file was last modified before `cutoffMs`, oldest first: a closed segment carries the end of its
 * footage as that. None where there is no folder. Rejects with the system's error.
 */
export async function expiredSegments(folder: string, cutoffMs: number): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  });
  const expired: { name: string; mtimeMs: number }[] = [];
  for (const name of names) {
    if (segmentNameStartMs(name) === null) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() && found.mtimeMs < cutoffMs) expired.push({ name, mtimeMs: found.mtimeMs });
  }
  return expired.sort((a, b) => a.mtimeMs - b.mtimeMs).map(({ name }) => name);
}
