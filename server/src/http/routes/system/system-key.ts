import { systemRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function systemKeyRoute(registrar: Registrar, { exports }: HttpDeps): void {
  register(registrar, systemRoutes.key, async () => exports.publicKey);
}
