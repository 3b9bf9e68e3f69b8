import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { systemErrorCode } from "../base/error.ts";
import { stat } from "../base/file-stats.ts";
import { segmentNameStartMs } from "../recording/segment-name.ts";

/** Of a year's files each is looked at, hour by hour: with a pause behind so many, whoever asks for something meanwhile hardly notices. */
const FILES_AT_ONCE = 100;
const PAUSE_MS = 3;

/**
 * Names of the segments in a folder whose file was last modified before `cutoffMs`, oldest first: a closed segment carries the end of its
 * footage as that. None where there is no folder. Rejects with the system's error.
 */
export async function expiredSegments(folder: string, cutoffMs: number, clock: Clock): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  });
  const expired: { name: string; mtimeMs: number }[] = [];
  for (const [i, name] of names.entries()) {
    if (i % FILES_AT_ONCE === FILES_AT_ONCE - 1) await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    if (segmentNameStartMs(name) === null) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() && found.mtimeMs < cutoffMs) expired.push({ name, mtimeMs: found.mtimeMs });
  }
  return expired.sort((a, b) => a.mtimeMs - b.mtimeMs).map(({ name }) => name);
}
