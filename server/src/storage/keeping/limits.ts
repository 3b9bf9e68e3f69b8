import type { Space } from "./space.ts";
import type { StorageFacts } from "./storage-facts.ts";

/** Limits that are exceeded though all was deleted that may be. */
export interface Unmet {
  readonly cameraIds: readonly number[];
  readonly tenantIds: readonly number[];
  readonly total: boolean;
  readonly disk: boolean;
  /** What waits for the network share takes more than it may. */
  readonly spool?: boolean;
}

/** Recording stops with less free than this share of the disk. */
const STOP_SHARE = 0.02;
/** Where nothing may be deleted to make room: with less than so much writing left, if that is more. */
const STOP_WRITING_SECONDS = 600;
const FLOOR_BYTES = 500_000_000;
/** Recording that stopped goes on with this much more than it stopped at, and a little. */
const ABOVE_STOP = 1.25;
const CHECK_EVERY_MS = 60_000;
const CHECK_AT_MOST_EVERY_MS = 2000;

/** With how much free recording has to stop. Pure. */
export function stopBelowBytes(space: Space | null, autoDelete: boolean, bytesPerSecond: number): number {
  if (space === null) return 0;
  const share = space.sizeBytes * STOP_SHARE;
  const writing = bytesPerSecond * STOP_WRITING_SECONDS;
  // With auto delete it is only a floor: on a large disk there is room for much more recording in this share.
  return autoDelete ? Math.min(share, Math.max(writing, FLOOR_BYTES)) : Math.max(share, writing);
}

/**
 * How much more should be free, so that it is the share that was set. Where all footage together would not bring that, others fill the disk:
 * then footage only makes room for newer footage. 0 or less: enough is free. Pure.
 */
export function missingFreeBytes(
  space: Space,
  { lowSpacePercent, footageBytes, stopBytes }: { lowSpacePercent: number; footageBytes: number; stopBytes: number },
): number {
  const missing = (space.sizeBytes * lowSpacePercent) / 100 - space.freeBytes;
  return missing <= footageBytes ? missing : stopBytes * ABOVE_STOP - space.freeBytes;
}

/** When to look again: before a quarter of what is left can have been written. Pure. */
export function nextCheckMs(space: Space | null, stopBytes: number, bytesPerSecond: number): number {
  if (space === null || bytesPerSecond <= 0) return CHECK_EVERY_MS;
  const leftMs = ((space.freeBytes - stopBytes) / bytesPerSecond) * 1000;
  return Math.max(CHECK_AT_MOST_EVERY_MS, Math.min(CHECK_EVERY_MS, leftMs / 4));
}

/** Which cameras must not record any more, and why, in a sentence. Pure. */
export function heldCameras({ cameras, defaults }: StorageFacts, unmet: Unmet): ReadonlyMap<number, string> {
  const held = new Map<number, string>();
  const why = defaults.auto_delete
    ? "and locks and the minimum retention leave nothing to delete"
    : "and auto delete is off";
  for (const { camera } of cameras) {
    const limit = unmet.cameraIds.includes(camera.id)
      ? "of this camera"
      : unmet.tenantIds.includes(camera.tenantId)
        ? "of this tenant's cameras"
        : unmet.total
          ? "of all recordings"
          : null;
    if (limit === null && unmet.spool === true)
      held.set(
        camera.id,
        `Recording has stopped: the disk holds as much footage as may wait for the network share, ${why}. Bring the share back or allow more to wait; recording goes on by itself.`,
      );
    if (limit !== null)
      held.set(
        camera.id,
        `Recording has stopped: the storage limit ${limit} is reached, ${why}. Raise the limit or make room; recording goes on by itself.`,
      );
  }
  return held;
}
