import { groupRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function listGroupsRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, groupRoutes.list, async ({ principal, query }) => {
    const page = await catalog.tenant(principal.tenantId).groups.list(query);
    return { groups: [...page.items], next_cursor: page.nextCursor };
  });
}
