import { authRoutes } from "@nightjar/api/routes";
import { instant } from "../../../recording/wire.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function mediaTokenRoute(registrar: Registrar, { access }: HttpDeps): void {
  register(registrar, authRoutes.mediaToken, async ({ principal, body, reply }) => {
    const issued = await access.mediaToken(principal, body.camera_id);
    reply.header("cache-control", "no-store");
    return { token: issued.token, expires_at: instant(issued.expiresAtMs) };
  });
}
