import type { FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { HttpDeps } from "../../ports.ts";

/** Audits a committed change of a group; `name` null: it was removed. */
export async function auditGroup(
  deps: HttpDeps,
  principal: Principal,
  request: FastifyRequest,
  change: { readonly action: string; readonly id: number; readonly name: string | null },
): Promise<void> {
  await deps.access.audit.write({
    tenantId: principal.tenantId,
    actor: principal.username,
    action: change.action,
    object: `group ${change.id}`,
    ...(change.name === null ? {} : { after: { name: change.name } }),
    address: request.ip,
  });
}
