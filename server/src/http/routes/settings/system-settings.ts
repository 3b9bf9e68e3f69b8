import { settingsRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function systemSettingsRoute(registrar: Registrar, { storage }: HttpDeps): void {
  register(registrar, settingsRoutes.system, () => storage.places.settings());
}
