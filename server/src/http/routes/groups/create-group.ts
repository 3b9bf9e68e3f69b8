import { groupRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { auditGroup } from "./group-change.ts";

export function createGroupRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, groupRoutes.create, async ({ principal, body, request }) => {
    const group = await deps.catalog.tenant(principal.tenantId).groups.create(body.name);
    await auditGroup(deps, principal, request, { action: "group.create", ...group });
    return group;
  });
}
