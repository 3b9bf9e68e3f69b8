import { settingsRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function updateSystemSettingsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, settingsRoutes.updateSystem, async ({ principal, body, request }) => {
    const { before, after } = await deps.storage.places.change(body);
    void deps.runtime.recordingRulesChanged();
    deps.storage.changed();
    await deps.access.audit.write({
      tenantId: principal.tenantId,
      actor: principal.username,
      action: "settings.system.update",
      object: "system settings",
      before,
      after,
      address: request.ip,
    });
    return after;
  });
}
