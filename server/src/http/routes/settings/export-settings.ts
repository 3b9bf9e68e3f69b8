import { settingsRoutes } from "@nightjar/api/routes";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { notForCustomers } from "./update-recording-settings.ts";

export function exportSettingsRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, settingsRoutes.exports, () => catalog.acrossTenants.exportSettings());
}

export function updateExportSettingsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, settingsRoutes.updateExports, async ({ principal, body, request }) => {
    const { tenantId, username } = principal;
    if (tenantId !== DEFAULT_TENANT_ID) throw notForCustomers();
    const { before, after } = await deps.catalog.acrossTenants.updateExportSettings(body);
    deps.exports.queue.settingsChanged();
    await deps.access.audit.write({
      ...{ tenantId, actor: username, action: "settings.export.update", object: "export settings" },
      ...{ before, after },
      address: request.ip,
    });
    return after;
  });
}
