import { exportRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { exportOf } from "./export-of.ts";

export function listExportsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.list, async ({ principal, query }) => {
    const page = await deps.catalog.tenant(principal.tenantId).exports.list(query);
    const exports = await Promise.all(page.items.map((stored) => deps.exports.queue.wire(stored)));
    return { exports, next_cursor: page.nextCursor };
  });
}

export function getExportRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.get, async ({ principal, params }) =>
    deps.exports.queue.wire(await exportOf(deps, principal, params.id)),
  );
}
