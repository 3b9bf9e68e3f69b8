import { tenantRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { tenantOf, tenantToWire } from "./tenant-limit.ts";

export function listTenantsRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, tenantRoutes.list, async () => {
    return { tenants: (await catalog.acrossTenants.tenants()).map(tenantToWire) };
  });
}

export function getTenantRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, tenantRoutes.get, async ({ params }) => tenantToWire(await tenantOf(deps, params.id)));
}
