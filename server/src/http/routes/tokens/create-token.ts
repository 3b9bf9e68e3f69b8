import { tokenRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { tokenToWire } from "./token-answer.ts";

export function createTokenRoute(registrar: Registrar, { access }: HttpDeps): void {
  register(registrar, tokenRoutes.create, async ({ principal, body, request, reply }) => {
    const expiresAt = body.expires_at ?? null;
    const made = await access.tokens.create(
      principal,
      {
        name: body.name,
        permissions: [...new Set(body.permissions)],
        expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt),
      },
      request.ip,
    );
    reply.header("cache-control", "no-store");
    return { ...tokenToWire(made.stored), token: made.token };
  });
}
