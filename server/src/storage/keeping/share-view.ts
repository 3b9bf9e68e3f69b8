import type { ShareSpace } from "../archive/share.ts";
import type { ArchiveState, ShareArchive } from "../archive/share-archive.ts";
import type { ShareKeeper } from "../archive/share-keeper.ts";
import { isNearlyFull, spoolLimitBytes } from "../archive/spool.ts";
import type { Space } from "./space.ts";

/** The network share and what waits for it, while footage is moved there. */
export interface ShareView extends ArchiveState {
  readonly waitingSegments: number;
  /** Of all that is on the disk, open segments too. */
  readonly spoolBytes: number;
  /** null: not known. */
  readonly limitBytes: number | null;
  /** By how much the spool is over what it may take; 0 or less: it is not. */
  readonly excessBytes: number;
  readonly nearlyFull: boolean;
  /** Where the oldest that waits begins; the cameras that are not in it have nothing. */
  readonly oldestMs: ReadonlyMap<number, number>;
  /** So much more should be free on the share; 0 or less: enough is. */
  readonly missingBytes: number;
  /** For how long recording goes on while the share is away; null: not known, or without end. */
  readonly minutesLeft: number | null;
}

/** What is told of an SMB share may be so many times less than it is: its server's clusters have up to so many sectors, as a rule. */
const MOST_UNDERSTATED = 8;

/**
 * How much more should be free on the share, so that it is the part that was set; 0 or less: enough is, or others fill it, and deleting all of our
 * footage there (`footageBytes`) would help nobody. Where sizes are not exact it may be told too small: what is still missing then shows with the
 * next look. Pure.
 */
export function missingOnShare(space: ShareSpace | null, lowSpacePercent: number, footageBytes: number): number {
  if (space === null) return 0;
  const missing = (space.sizeBytes * lowSpacePercent) / 100 - space.freeBytes;
  return missing * (space.exact ? 1 : MOST_UNDERSTATED) <= footageBytes ? missing : 0;
}

/** Looks at it; null: footage stays on the disk. `space`: of the disk. */
export async function viewShare(
  share: { readonly keeper: ShareKeeper; readonly archive: ShareArchive } | null,
  space: Space | null,
  { spool_max_gb, low_space_percent }: { readonly spool_max_gb: number; readonly low_space_percent: number },
  { bytesPerSecond, footageBytes }: { readonly bytesPerSecond: number; readonly footageBytes: number },
): Promise<ShareView | null> {
  if (share === null || !share.keeper.active) return null;
  const { archive } = share;
  const files = await archive.spool();
  const waiting = files.filter(({ startMs }) => Number.isFinite(startMs));
  const spoolBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const limitBytes = spoolLimitBytes(spool_max_gb, space, spoolBytes);
  const oldestMs = new Map<number, number>();
  for (const { cameraId, startMs } of waiting) if (!oldestMs.has(cameraId)) oldestMs.set(cameraId, startMs);
  const { state } = archive;
  // It says that it is full: room for two such segments, whatever else it says.
  const refused = state.problem?.kind === "full" ? 2 * (waiting[0]?.sizeBytes ?? 0) : 0;
  return {
    ...state,
    waitingSegments: waiting.length,
    spoolBytes,
    limitBytes,
    excessBytes: limitBytes === null ? 0 : spoolBytes - limitBytes,
    nearlyFull: isNearlyFull(spoolBytes, limitBytes),
    oldestMs,
    missingBytes: Math.max(missingOnShare(state.space, low_space_percent, footageBytes - spoolBytes), refused),
    minutesLeft:
      limitBytes === null || bytesPerSecond <= 0 ? null : Math.max(0, (limitBytes - spoolBytes) / bytesPerSecond / 60),
  };
}
