import type { DeletionResult } from "@nightjar/api/storage";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import { instant } from "../../../recording/wire.ts";
import { addSum, addTo, type DeletionSum, emptySum } from "../../../storage/keeping/storage-preview.ts";
import type { HttpDeps } from "../../ports.ts";

/** What a deletion did, or would do, as the API tells it. */
export function deletionToWire(sum: DeletionSum, dryRun: boolean): DeletionResult {
  return {
    segments: sum.segments,
    size_bytes: sum.sizeBytes,
    oldest: sum.oldestMs === null ? null : instant(sum.oldestMs),
    newest: sum.newestMs === null ? null : instant(sum.newestMs),
    refused_locked: sum.refusedLocked,
    refused_open: sum.refusedOpen,
    dry_run: dryRun,
  };
}

/** When one fails, so much is counted at most that was not deleted, or the other way round. */
const NAMES_AT_ONCE = 20;

/** Has segments of a camera deleted because a person asked for it, and audits it. Counts into `sum` what became of them. */
export async function deleteForPerson(
  deps: HttpDeps,
  { principal, request }: { readonly principal: Principal; readonly request: FastifyRequest },
  camera: OwnedCamera,
  { segments, sum }: { readonly segments: readonly StoredSegment[]; readonly sum: DeletionSum },
): Promise<void> {
  if (segments.length === 0) return;
  const own = emptySum();
  const byName = new Map(segments.map((segment) => [segment.name, segment]));
  const command = { cause: "deleted_by_user", why: `deleted by ${principal.username}` } as const;
  const names = [...byName.keys()];
  try {
    for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
      const some = names.slice(at, at + NAMES_AT_ONCE);
      const { deleted, refused } = await deps.storage.delete(camera, { names: some, ...command });
      for (const segment of deleted.flatMap(({ name }) => byName.get(name) ?? [])) addTo(own, segment);
      own.refusedLocked += refused.filter(({ reason }) => reason === "locked").length;
      own.refusedOpen += refused.filter(({ reason }) => reason === "open").length;
    }
  } finally {
    addSum(sum, own);
    // Also where it ended half way: that much is gone.
    await deps.access.audit.write({
      tenantId: principal.tenantId,
      actor: principal.username,
      action: "recordings.delete",
      object: `camera ${camera.id}`,
      after: { ...deletionToWire(own, false), requested: names.length },
      address: request.ip,
    });
  }
}
