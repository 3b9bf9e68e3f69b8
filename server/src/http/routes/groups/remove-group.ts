import { groupRoutes } from "@nightjar/api/routes";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { auditGroup } from "./group-change.ts";

export function removeGroupRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, groupRoutes.remove, async ({ principal, params, request }) => {
    const removed = await deps.catalog.tenant(principal.tenantId).groups.remove(params.id);
    if (!removed) throw notFound("group", params.id);
    await auditGroup(deps, principal, request, { action: "group.delete", id: params.id, name: null });
    return undefined;
  });
}
