import { deletionRoutes } from "@nightjar/api/routes";
import { STORAGE_MAX_SPAN_MS } from "@nightjar/api/storage";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import { isLocked, type LockedSpan } from "../../../recording/lock.ts";
import { addTo, type DeletionSum, emptySum } from "../../../storage/keeping/storage-preview.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Call, type Registrar, register } from "../../register.ts";
import { type RequestSpan, requestSpan } from "../../request-span.ts";
import { deleteForPerson, deletionToWire } from "./deletion-answer.ts";

const ROWS_AT_ONCE = 500;

export function deleteSpanRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, deletionRoutes.span, async (call) => {
    const { principal, body } = call;
    const span = requestSpan(body, STORAGE_MAX_SPAN_MS);
    const cameras: OwnedCamera[] = [];
    for (const id of new Set(body.camera_ids)) cameras.push(await cameraOf(deps, principal, id, "footage"));
    const sum = emptySum();
    for (const camera of cameras) await deleteOf(deps, call, camera, { span, sum });
    return deletionToWire(sum, body.dry_run);
  });
}

/** Only what lies wholly in the span: nobody must lose more than was asked for. */
async function deleteOf(
  deps: HttpDeps,
  { principal, body, request }: Call<typeof deletionRoutes.span>,
  camera: OwnedCamera,
  { span, sum }: { readonly span: RequestSpan; readonly sum: DeletionSum },
): Promise<void> {
  const locks = await deps.catalog.tenant(principal.tenantId).locks.ofCamera(camera.id);
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const { items, nextCursor } = await deps.catalog.segments(camera).list(span, { limit: ROWS_AT_ONCE, cursor });
    cursor = nextCursor;
    const whole = items.filter((one) => one.startMs >= span.startMs && one.endMs <= span.endMs);
    const segments = deletable(whole, locks, { nowMs: deps.clock.nowMs(), sum });
    if (body.dry_run) for (const segment of segments) addTo(sum, segment);
    else await deleteForPerson(deps, { principal, request }, camera, { segments, sum });
  }
}

function deletable(
  segments: readonly StoredSegment[],
  locks: readonly LockedSpan[],
  { nowMs, sum }: { readonly nowMs: number; readonly sum: DeletionSum },
): StoredSegment[] {
  return segments.filter((segment) => {
    if (isLocked(segment, locks, nowMs)) sum.refusedLocked += 1;
    else if (segment.state === "open") sum.refusedOpen += 1;
    else return true;
    return false;
  });
}
