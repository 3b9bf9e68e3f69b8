import type { Lock } from "@nightjar/api/storage";
import type { StoredLock } from "../../../catalog/locks.ts";
import type { Span } from "../../../catalog/segments.ts";
import { instant } from "../../../recording/wire.ts";
import type { CameraFacts } from "../../../storage/keeping/storage-facts.ts";
import type { HttpDeps } from "../../ports.ts";

/** A lock as the API tells it, with what it holds. */
export async function lockToWire(deps: HttpDeps, lock: StoredLock): Promise<Lock> {
  return {
    id: String(lock.id),
    camera_ids: [...lock.cameraIds],
    start: instant(lock.startMs),
    end: instant(lock.endMs),
    reason: lock.reason,
    expires_at: lock.expiresAtMs === null ? null : instant(lock.expiresAtMs),
    created_by: lock.createdBy,
    created_at: instant(lock.createdAtMs),
    size_bytes: await heldBytes(deps, lock.cameraIds, lock),
  };
}

/** Of closed segments of the cameras that touch the span. */
async function heldBytes({ catalog }: HttpDeps, cameraIds: readonly number[], span: Span): Promise<number> {
  let bytes = 0;
  for (const id of cameraIds) bytes += await catalog.acrossTenants.bytesTouching(id, span);
  return bytes;
}

/** What all locks of these cameras hold; where they overlap it counts once. */
export async function lockedBytes(deps: HttpDeps, cameras: readonly CameraFacts[]): Promise<number> {
  let bytes = 0;
  for (const { camera, locks } of cameras) {
    const holding = locks.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > deps.clock.nowMs());
    for (const span of joined(holding)) bytes += await heldBytes(deps, [camera.id], span);
  }
  return bytes;
}

function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const last = all.at(-1);
    if (last !== undefined && startMs <= last.endMs)
      all[all.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, endMs) };
    else all.push({ startMs, endMs });
  }
  return all;
}
