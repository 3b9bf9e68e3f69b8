import { type ClockTrust, certainMs } from "../recording/clock-trust.ts";
import { isLocked, type LockedSpan } from "../recording/lock.ts";

/** A segment as the planner must know it. */
export interface PlannedSegment {
  readonly cameraId: number;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly open: boolean;
  /** It lies on the network share: deleting it makes room there, and not on the disk. */
  readonly onShare?: boolean;
}

/** Why a segment goes: its time is over, or the space is needed by its camera, its tenant, all, or the disk. */
export type DeletionReason = "retention" | "camera_limit" | "tenant_limit" | "total_limit" | "low_space";

export interface PlannedDeletion {
  readonly segment: PlannedSegment;
  readonly reason: DeletionReason;
}

export interface CameraPolicy {
  readonly cameraId: number;
  readonly tenantId: number;
  /** 0: until space is needed. */
  readonly retentionMs: number;
  /** Footage younger than this never goes. */
  readonly minimumRetentionMs: number;
  /** By how much the camera's footage is over its own limit; 0 or less: it is not. */
  readonly excessBytes: number;
  readonly locks: readonly LockedSpan[];
}

/** What there is to decide by. Excesses are bytes over a limit; 0 or less: nothing is over it. */
export interface DeletionPolicy {
  readonly cameras: readonly CameraPolicy[];
  readonly tenantExcessBytes: ReadonlyMap<number, number>;
  readonly totalExcessBytes: number;
  /** So much more should be free on the disk. */
  readonly missingFreeBytes: number;
  /** The same of the network share. */
  readonly missingOnShareBytes?: number;
}

export interface PlanClock {
  readonly nowMs: number;
  /** Footage goes because of its age only while it is believed. */
  readonly trust: ClockTrust;
}

/** Why a segment stays that would have gone. */
export type KeptReason = "locked" | "minimum_retention";

/**
 * Decides, segment by segment from the oldest on, what is deleted. Keeps only what is still missing, so that it can be given an index of any
 * size piece by piece.
 */
export class DeletionPlanner {
  readonly #cameras: ReadonlyMap<number, CameraPolicy>;
  readonly #nowMs: number;
  readonly #believed: boolean;
  /** What the time is at least: by a clock that is wrong footage would look older than it is. */
  readonly #certainMs: number;
  readonly #cameraExcess: Map<number, number>;
  readonly #tenantExcess: Map<number, number>;
  #totalExcess: number;
  #missingFree: number;
  #missingOnShare: number;

  constructor(policy: DeletionPolicy, clock: PlanClock) {
    this.#cameras = new Map(policy.cameras.map((camera) => [camera.cameraId, camera]));
    this.#nowMs = clock.nowMs;
    this.#believed = clock.trust.kind === "believed";
    this.#certainMs = certainMs(clock.trust, clock.nowMs) ?? Number.NEGATIVE_INFINITY;
    this.#cameraExcess = new Map(policy.cameras.map((camera) => [camera.cameraId, camera.excessBytes]));
    this.#tenantExcess = new Map(policy.tenantExcessBytes);
    this.#totalExcess = policy.totalExcessBytes;
    this.#missingFree = policy.missingFreeBytes;
    this.#missingOnShare = policy.missingOnShareBytes ?? 0;
  }

  /** Whether nothing is over a limit any more. */
  get spaceIsMet(): boolean {
    const over = [
      this.#totalExcess,
      this.#missingFree,
      this.#missingOnShare,
      ...this.#cameraExcess.values(),
      ...this.#tenantExcess.values(),
    ];
    return over.every((bytes) => bytes <= 0);
  }

  /** Which limits are still exceeded. */
  /** More should be free on the disk, and no limit that holds wherever footage lies is exceeded. */
  get lacksOnlyDisk(): boolean {
    const others = [
      this.#totalExcess,
      this.#missingOnShare,
      ...this.#cameraExcess.values(),
      ...this.#tenantExcess.values(),
    ];
    return others.every((bytes) => bytes <= 0);
  }

  get unmet(): {
    readonly cameraIds: readonly number[];
    readonly tenantIds: readonly number[];
    readonly total: boolean;
    readonly disk: boolean;
  } {
    const over = (map: ReadonlyMap<number, number>) => [...map].filter(([, bytes]) => bytes > 0).map(([id]) => id);
    return {
      cameraIds: over(this.#cameraExcess),
      tenantIds: over(this.#tenantExcess),
      total: this.#totalExcess > 0,
      disk: this.#missingFree > 0,
    };
  }

  /** Before this instant nothing of the camera may stay because of its age alone; null: age is no reason. */
  cutoffMs(cameraId: number): number | null {
    const { retentionMs = 0 } = this.#cameras.get(cameraId) ?? {};
    return retentionMs > 0 && this.#believed ? this.#nowMs - retentionMs : null;
  }

  /** The oldest that is left of all cameras: what becomes of it. Answers a deletion, why it stays, or null: nobody wants it gone. */
  take(segment: PlannedSegment): PlannedDeletion | KeptReason | null {
    const camera = this.#cameras.get(segment.cameraId);
    if (camera === undefined || segment.open) return null;
    const reason = this.#reasonFor(segment, camera);
    if (reason === null) return null;
    // A lock ends by the clock: while that is not believed, it does not.
    if (isLocked(segment, camera.locks, this.#believed ? this.#nowMs : Number.NEGATIVE_INFINITY)) return "locked";
    if (this.#isPromised(segment, camera)) return "minimum_retention";
    this.#count(segment, camera);
    return { segment, reason };
  }

  #reasonFor(segment: PlannedSegment, camera: CameraPolicy): DeletionReason | null {
    const cutoffMs = this.cutoffMs(camera.cameraId);
    if (cutoffMs !== null && segment.endMs < cutoffMs) return "retention";
    if ((this.#cameraExcess.get(camera.cameraId) ?? 0) > 0) return "camera_limit";
    if ((this.#tenantExcess.get(camera.tenantId) ?? 0) > 0) return "tenant_limit";
    if (this.#totalExcess > 0) return "total_limit";
    return (segment.onShare ? this.#missingOnShare : this.#missingFree) > 0 ? "low_space" : null;
  }

  #isPromised(segment: PlannedSegment, { minimumRetentionMs }: CameraPolicy): boolean {
    return minimumRetentionMs > 0 && segment.endMs > this.#certainMs - minimumRetentionMs;
  }

  #count({ sizeBytes, onShare }: PlannedSegment, { cameraId, tenantId }: CameraPolicy): void {
    const less = (map: Map<number, number>, id: number) => map.set(id, (map.get(id) ?? 0) - sizeBytes);
    less(this.#cameraExcess, cameraId);
    less(this.#tenantExcess, tenantId);
    this.#totalExcess -= sizeBytes;
    if (onShare) this.#missingOnShare -= sizeBytes;
    else this.#missingFree -= sizeBytes;
  }
}

/** What is to be deleted of an index, and why, oldest first. Pure. `index`: oldest first. */
export function planDeletions(
  index: Iterable<PlannedSegment>,
  policy: DeletionPolicy,
  clock: PlanClock,
): PlannedDeletion[] {
  const planner = new DeletionPlanner(policy, clock);
  const deletions: PlannedDeletion[] = [];
  for (const segment of index) {
    const decided = planner.take(segment);
    if (decided !== null && typeof decided === "object") deletions.push(decided);
  }
  return deletions;
}
