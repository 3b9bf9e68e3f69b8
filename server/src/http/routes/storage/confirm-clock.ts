import { storageRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function confirmClockRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, storageRoutes.confirmClock, async ({ principal, request }) => {
    await deps.storage.confirmClock();
    await deps.access.audit.write({
      tenantId: principal.tenantId,
      actor: principal.username,
      action: "storage.confirm_clock",
      object: "clock",
      address: request.ip,
    });
    return undefined;
  });
}
