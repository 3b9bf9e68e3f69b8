import { tokenRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function removeTokenRoute(registrar: Registrar, { access }: HttpDeps): void {
  register(registrar, tokenRoutes.remove, async ({ principal, params, request }) => {
    await access.tokens.revoke(principal, params.id, request.ip);
    return undefined;
  });
}
