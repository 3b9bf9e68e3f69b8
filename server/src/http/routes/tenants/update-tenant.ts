import { tenantRoutes } from "@nightjar/api/routes";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { tenantMaxBytes, tenantOf, tenantToWire } from "./tenant-limit.ts";

export function updateTenantRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, tenantRoutes.update, async ({ principal, params, body, request }) => {
    const before = await tenantOf(deps, params.id);
    const maxBytes = tenantMaxBytes(body, before.maxStorageBytes);
    const changed = await deps.catalog.acrossTenants.setTenantLimit(params.id, maxBytes);
    if (changed === undefined) throw notFound("tenant", params.id);
    await deps.access.audit.write({
      tenantId: params.id,
      actor: principal.username,
      action: "tenant.update",
      object: `tenant ${params.id}`,
      before: tenantToWire(before),
      after: tenantToWire(changed),
      address: request.ip,
    });
    deps.storage.changed();
    return tenantToWire(changed);
  });
}
