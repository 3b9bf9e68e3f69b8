import { deletionRoutes } from "@nightjar/api/routes";
import { NightjarError } from "../../../base/error.ts";
import { isLocked } from "../../../recording/lock.ts";
import { addTo, emptySum } from "../../../storage/keeping/storage-preview.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { deleteForPerson, deletionToWire } from "./deletion-answer.ts";
import { segmentOf } from "./segment-row.ts";

export function deleteSegmentRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, deletionRoutes.segment, async ({ principal, params, query, request }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    if (segment.state === "open")
      throw new NightjarError(
        "conflict",
        `${segment.name} is still being written; it can be deleted when it is closed.`,
      );
    const locks = await deps.catalog.tenant(principal.tenantId).locks.ofCamera(camera.id);
    const touching = locks.filter((lock) => isLocked(segment, [lock], deps.clock.nowMs()));
    if (touching.length > 0) throw locked(segment.name, touching);
    const sum = emptySum();
    if (query.dry_run) addTo(sum, segment);
    else await deleteForPerson(deps, { principal, request }, camera, { segments: [segment], sum });
    if (sum.refusedLocked > 0) throw locked(segment.name, []);
    if (sum.segments === 0)
      throw new NightjarError(
        "conflict",
        `${segment.name} is not what the catalog says; \`nightjar check\` tells more.`,
      );
    return deletionToWire(sum, query.dry_run);
  });
}

function locked(name: string, locks: readonly { readonly id: number; readonly reason: string }[]): NightjarError {
  const [first] = locks;
  const why = first === undefined ? "" : ` (${first.reason})`;
  return new NightjarError("conflict", `${name} is locked${why} and stays until the lock is removed.`, {
    details: { lock_ids: locks.map(({ id }) => String(id)) },
  });
}
