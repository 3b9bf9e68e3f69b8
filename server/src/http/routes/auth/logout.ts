import { authRoutes } from "@nightjar/api/routes";
import { cookieScope, SESSION_COOKIE } from "../../plugins/authentication.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function logoutRoute(registrar: Registrar, { access }: HttpDeps): void {
  register(registrar, authRoutes.logout, async ({ principal, request, reply }) => {
    await access.logout(principal, request.ip);
    reply.clearCookie(SESSION_COOKIE, cookieScope(request));
    return undefined;
  });
}
