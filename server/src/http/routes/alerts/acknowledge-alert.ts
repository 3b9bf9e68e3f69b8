import { alertRoutes } from "@nightjar/api/routes";
import { alertToWire } from "../../../recording/wire.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function acknowledgeAlertRoute(registrar: Registrar, { catalog, access, events }: HttpDeps): void {
  register(registrar, alertRoutes.acknowledge, async ({ principal, params, request }) => {
    const { tenantId, username } = principal;
    const stored = await catalog.tenant(tenantId).alerts.acknowledge(params.id, username);
    if (stored === undefined) throw notFound("alert", params.id);
    const alert = alertToWire(stored);
    events.publish({ tenantId, event: { type: "alert.changed", alert } });
    await access.audit.write({
      tenantId,
      actor: username,
      action: "alert.acknowledge",
      object: `alert ${params.id}`,
      address: request.ip,
    });
    return alert;
  });
}
