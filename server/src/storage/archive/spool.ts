import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isPartName, segmentNameStartMs } from "../../recording/segment-name.ts";
import { BYTES_PER_GB } from "../../recording/storage-settings.ts";
import type { Space } from "../keeping/space.ts";

/** A segment's file on the disk while a share is set. */
export interface SpoolFile {
  readonly cameraId: number;
  readonly name: string;
  /** As its name tells it; of one without a lasting name, without end. */
  readonly startMs: number;
  readonly sizeBytes: number;
}

/** What of the free space the spool may take where nothing else is set. */
const DEFAULT_SHARE = 0.25;
/** Fuller than this, people are told. */
const FULL_FROM = 0.9;

/** The files of these cameras, oldest first. A folder or a file that goes away meanwhile is passed over. */
export async function spoolFiles(recordings: string, cameraIds: readonly number[]): Promise<readonly SpoolFile[]> {
  const files: SpoolFile[] = [];
  for (const cameraId of cameraIds) {
    const folder = join(recordings, String(cameraId));
    for (const name of await readdir(folder).catch(() => [])) {
      const startMs = isPartName(name) ? Number.POSITIVE_INFINITY : segmentNameStartMs(name);
      if (startMs === null) continue;
      const found = await stat(join(folder, name)).catch(() => null);
      if (found?.isFile()) files.push({ cameraId, name, startMs, sizeBytes: found.size });
    }
  }
  return files.sort((a, b) => a.startMs - b.startMs || a.cameraId - b.cameraId);
}

/** How much of the disk the spool may take. `maxGb` 0: a quarter of what would be free without it. null: that is not known. Pure. */
export function spoolLimitBytes(maxGb: number, space: Space | null, spoolBytes: number): number | null {
  if (maxGb > 0) return Math.round(maxGb * BYTES_PER_GB);
  return space === null ? null : Math.round((space.freeBytes + spoolBytes) * DEFAULT_SHARE);
}

/** So full that people must know. Pure. */
export function isNearlyFull(spoolBytes: number, limitBytes: number | null): boolean {
  return limitBytes !== null && spoolBytes >= limitBytes * FULL_FROM;
}
