import type { Session, User } from "@nightjar/api/access";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { SignedIn } from "../../../access/sessions.ts";
import { instant } from "../../../recording/wire.ts";
import { SESSION_COOKIE, sessionCookie } from "../../plugins/authentication.ts";

/** Who somebody is, as the API tells it. */
export function userToWire(principal: Principal): User {
  return {
    id: principal.userId,
    username: principal.username,
    tenant: { id: principal.tenantId, name: principal.tenantName },
    role: principal.role,
    permissions: [...principal.permissions],
  };
}

/** The answer to a sign-in: the token for scripts, the cookie for the page. */
export function sessionAnswer(signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply): Session {
  reply.setCookie(SESSION_COOKIE, signedIn.token, sessionCookie(request)).header("cache-control", "no-store");
  return {
    token: signedIn.token,
    expires_at: instant(signedIn.expiresAtMs),
    user: userToWire(signedIn.principal),
  };
}
