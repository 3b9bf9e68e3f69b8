import { settingsRoutes } from "@nightjar/api/routes";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { notForCustomers } from "./update-recording-settings.ts";

export function testShareRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, settingsRoutes.testShare, async ({ principal, body }) => {
    if (principal.tenantId !== DEFAULT_TENANT_ID) throw notForCustomers();
    return deps.storage.share.test(body);
  });
}
