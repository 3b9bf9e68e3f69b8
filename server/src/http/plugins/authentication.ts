import type { CookieSerializeOptions } from "@fastify/cookie";
import type { RouteContract } from "@nightjar/api/route";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import type { Access } from "../../access/access.ts";
import { mayDo, type Principal } from "../../access/principal.ts";
import { NightjarError } from "../../base/error.ts";
import { invalidField } from "../field-error.ts";
import type { RateLimit } from "./rate-limit.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null on a public route. */
    principal: Principal | null;
    /** What they showed. */
    credential: Credential | null;
  }
}

export const SESSION_COOKIE = "nightjar_session";

export interface Credential {
  readonly token: string;
  readonly from: "cookie" | "bearer" | "media_token";
}

export function prepareAuthentication(app: FastifyInstance): void {
  app.decorateRequest("principal", null);
  app.decorateRequest("credential", null);
}

/**
 * The guard of every route: finds out who asks, then whether they may. Throws `unauthenticated`, `forbidden` (`details.permission`),
 * `rate_limited` for an address that keeps showing invalid tokens, and `not_found` for a tenant (`X-Tenant-Id`) that is not theirs to act in.
 */
export function authenticate(access: Access, failures: RateLimit): onRequestAsyncHookHandler {
  return async (request) => {
    const { contract } = request.routeOptions.config;
    if (contract === undefined || contract.access === "public") return;
    const credential = findCredential(request, contract);
    if (credential === null) throw unauthenticated("Sign in first, or send a token.");
    request.credential = credential;
    const principal = await access.authenticate(credential.token);
    if (principal === null || !fits(principal, credential, contract)) {
      await failures.count(request);
      throw unauthenticated("The session or token is not valid any more; sign in again.");
    }
    checkPermission(principal, contract);
    request.principal = await inAskedTenant(access, principal, request);
  };
}

/** A session or API token must not stand in an address, where logs keep it; a media token opens nothing but media. */
function fits(principal: Principal, credential: Credential, contract: RouteContract): boolean {
  if (principal.kind === "media_token") return contract.mediaToken === true;
  return credential.from !== "media_token";
}

function findCredential(request: FastifyRequest, contract: RouteContract): Credential | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    return token === undefined ? null : { token, from: "bearer" };
  }
  const mediaToken = (request.query as { media_token?: unknown }).media_token;
  if (contract.mediaToken === true && typeof mediaToken === "string") return { token: mediaToken, from: "media_token" };
  const cookie = request.cookies[SESSION_COOKIE];
  return cookie === undefined || cookie === "" ? null : { token: cookie, from: "cookie" };
}

function checkPermission(principal: Principal, contract: RouteContract): void {
  const { access } = contract;
  if (access === "public" || access === "signed-in" || mayDo(principal, access)) return;
  throw new NightjarError("forbidden", `This needs the permission ${access}; ask an administrator for it.`, {
    details: { permission: access },
  });
}

async function inAskedTenant(access: Access, principal: Principal, request: FastifyRequest): Promise<Principal> {
  const asked = request.headers["x-tenant-id"];
  if (asked === undefined) return principal;
  if (typeof asked !== "string" || !/^[1-9]\d{0,14}$/.test(asked))
    throw invalidField("X-Tenant-Id", "must be the number of a tenant");
  const tenantId = Number(asked);
  return tenantId === principal.tenantId ? principal : await access.actIn(principal, tenantId);
}

function unauthenticated(message: string): NightjarError {
  return new NightjarError("unauthenticated", message);
}

/** How the session cookie is set. The server alone knows when a session ends, so the cookie is kept as long as browsers do. */
export function sessionCookie(request: FastifyRequest): CookieSerializeOptions {
  return { ...cookieScope(request), maxAge: 400 * 86_400 };
}

/** What names the cookie to the browser, also when it is cleared. */
export function cookieScope(request: FastifyRequest): CookieSerializeOptions {
  return { path: "/", httpOnly: true, sameSite: "strict", secure: request.protocol === "https" };
}
