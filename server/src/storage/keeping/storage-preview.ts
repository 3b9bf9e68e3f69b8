import type { Catalog } from "../../catalog/catalog.ts";
import { DeletionPlanner, type PlannedSegment } from "../../footage/deletion-plan.ts";
import { missingFreeBytes, stopBelowBytes } from "./limits.ts";
import { oldestFirst } from "./oldest-first.ts";
import type { Space } from "./space.ts";
import { deletionPolicy, type StorageFacts, usedBytes } from "./storage-facts.ts";

/** What would be deleted of a camera. */
export interface DeletionSum {
  segments: number;
  sizeBytes: number;
  /** Where the first begins and the last ends; null: none. */
  oldestMs: number | null;
  newestMs: number | null;
  refusedLocked: number;
  refusedOpen: number;
}

/** Nothing yet. */
export function emptySum(): DeletionSum {
  return { segments: 0, sizeBytes: 0, oldestMs: null, newestMs: null, refusedLocked: 0, refusedOpen: 0 };
}

/** Counts a segment that goes. */
export function addTo(
  sum: DeletionSum,
  { startMs, endMs, sizeBytes }: Pick<PlannedSegment, "startMs" | "endMs" | "sizeBytes">,
) {
  sum.segments += 1;
  sum.sizeBytes += sizeBytes;
  sum.oldestMs = Math.min(sum.oldestMs ?? startMs, startMs);
  sum.newestMs = Math.max(sum.newestMs ?? endMs, endMs);
}

/** Adds what goes of one camera to what goes of all. */
export function addSum(total: DeletionSum, sum: DeletionSum): void {
  if (sum.oldestMs !== null && sum.newestMs !== null) {
    total.oldestMs = Math.min(total.oldestMs ?? sum.oldestMs, sum.oldestMs);
    total.newestMs = Math.max(total.newestMs ?? sum.newestMs, sum.newestMs);
  }
  total.segments += sum.segments;
  total.sizeBytes += sum.sizeBytes;
  total.refusedLocked += sum.refusedLocked;
  total.refusedOpen += sum.refusedOpen;
}

/** What would be deleted now if the settings were as in `facts`, by camera. Deletes nothing; takes the clock for right. */
export async function previewDeletions(
  catalog: Pick<Catalog, "acrossTenants">,
  facts: StorageFacts,
  { space, nowMs }: { readonly space: Space | null; readonly nowMs: number },
): Promise<ReadonlyMap<number, DeletionSum>> {
  const { auto_delete, low_space_percent } = facts.defaults;
  const missing =
    space === null
      ? 0
      : missingFreeBytes(space, {
          lowSpacePercent: low_space_percent,
          footageBytes: usedBytes(facts.cameras),
          stopBytes: stopBelowBytes(space, true, 0),
        });
  const policy = deletionPolicy(facts, { missingFreeBytes: missing, byAge: true });
  const bySpace = auto_delete ? policy : withoutLimits(policy);
  const planner = new DeletionPlanner(bySpace, { nowMs, trust: { kind: "believed" } });
  const ids = facts.cameras.filter(({ usage }) => usage.oldestMs !== null).map(({ camera }) => camera.id);
  const lastCutoffMs = Math.max(...ids.map((id) => planner.cutoffMs(id) ?? Number.NEGATIVE_INFINITY));
  const sums = new Map<number, DeletionSum>();
  for await (const segment of oldestFirst(catalog, ids)) {
    if (planner.spaceIsMet && segment.startMs >= lastCutoffMs) break;
    const sum = sums.get(segment.cameraId) ?? emptySum();
    const decided = planner.take(segment);
    if (decided === "locked") sum.refusedLocked += 1;
    else if (decided !== null && typeof decided === "object") addTo(sum, segment);
    else continue;
    sums.set(segment.cameraId, sum);
  }
  return sums;
}

function withoutLimits(policy: ReturnType<typeof deletionPolicy>): ReturnType<typeof deletionPolicy> {
  return {
    cameras: policy.cameras.map((camera) => ({ ...camera, excessBytes: 0 })),
    tenantExcessBytes: new Map(),
    totalExcessBytes: 0,
    missingFreeBytes: 0,
  };
}
