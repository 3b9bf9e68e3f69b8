import { authRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function setupStateRoute(registrar: Registrar, { access }: HttpDeps): void {
  register(registrar, authRoutes.setupState, async () => ({ required: await access.setupRequired() }));
}
