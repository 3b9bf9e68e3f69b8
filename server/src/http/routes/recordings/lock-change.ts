import type { Lock } from "@nightjar/api/storage";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { HttpDeps } from "../../ports.ts";

interface LockChange {
  readonly action: "lock.create" | "lock.delete";
  readonly before: Lock | null;
  readonly after: Lock | null;
}

/** What follows a committed change of a lock: the workers know of it before this resolves, and the deed is audited. */
export async function lockChanged(
  deps: HttpDeps,
  principal: Principal,
  request: FastifyRequest,
  { action, before, after }: LockChange,
): Promise<void> {
  await deps.runtime.recordingRulesChanged();
  deps.storage.changed();
  const { camera_ids = [] } = after ?? before ?? {};
  deps.events.publish({ tenantId: principal.tenantId, event: { type: "locks.changed", camera_ids } });
  await deps.access.audit.write({
    tenantId: principal.tenantId,
    actor: principal.username,
    action,
    object: `lock ${(after ?? before)?.id}`,
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
    address: request.ip,
  });
}
