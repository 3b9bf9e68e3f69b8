import { alertRoutes } from "@nightjar/api/routes";
import { alertToWire } from "../../../recording/wire.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function listAlertsRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, alertRoutes.list, async ({ principal, query }) => {
    const page = await catalog.tenant(principal.tenantId).alerts.list(query, { open: query.open });
    return { alerts: page.items.map(alertToWire), next_cursor: page.nextCursor };
  });
}
