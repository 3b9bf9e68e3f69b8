import { groupRoutes } from "@nightjar/api/routes";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { auditGroup } from "./group-change.ts";

export function updateGroupRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, groupRoutes.update, async ({ principal, params, body, request }) => {
    const group = await deps.catalog.tenant(principal.tenantId).groups.rename(params.id, body.name);
    if (group === undefined) throw notFound("group", params.id);
    await auditGroup(deps, principal, request, { action: "group.update", ...group });
    return group;
  });
}
