import { NightjarError } from "../base/error.ts";
import type { AccessContext, AccessOptions } from "./access-context.ts";
import { type ApiTokens, apiTokens, resumeApiToken } from "./api-tokens.ts";
import { type AuditWriter, auditWriter } from "./audit-writer.ts";
import { type FirstStart, firstStart } from "./first-start.ts";
import { API_TOKEN_PREFIX, hashToken } from "./opaque-token.ts";
import { mayDo, type Principal } from "./principal.ts";
import { type IssuedMediaToken, issueMediaToken, resumeSession, type SignedIn } from "./sessions.ts";
import { type LoginAttempt, signIn } from "./sign-in.ts";

/** Who may come in, and what they may do. */
export interface Access extends FirstStart {
  readonly audit: AuditWriter;
  readonly tokens: ApiTokens;
  /** Throws `login_failed` (alike for unknown users) or `rate_limited` with `details.retry_after_seconds`. */
  login(attempt: LoginAttempt): Promise<SignedIn>;
  /** Ends the session. An API token or media token cannot be signed out: throws `bad_request`. */
  logout(principal: Principal, address: string): Promise<void>;
  /** Who holds this token: a session's, an API token's or a media token's; null when unknown or expired. */
  authenticate(token: string): Promise<Principal | null>;
  /** The same principal, acting in another tenant. Throws `not_found` without `tenants.edit` or when there is no such tenant. */
  actIn(principal: Principal, tenantId: number): Promise<Principal>;
  /** A token of ten minutes for the footage of one camera. Throws `not_found` for a camera of another tenant. */
  mediaToken(principal: Principal, cameraId: number): Promise<IssuedMediaToken>;
}

/** Makes the access service on an open catalog. Nothing runs in the background. */
export function createAccess(options: AccessOptions): Access {
  const context: AccessContext = { ...options, audit: auditWriter(options.catalog) };
  return {
    audit: context.audit,
    tokens: apiTokens(context),
    ...firstStart(context),
    login: signIn(context),
    logout: (principal, address) => logout(context, principal, address),
    authenticate: (token) => authenticate(context, token),
    actIn: (principal, tenantId) => actIn(context, principal, tenantId),
    mediaToken: (principal, cameraId) => issueMediaToken(context, principal, cameraId),
  };
}

async function authenticate(context: AccessContext, token: string): Promise<Principal | null> {
  const { acrossTenants } = context.catalog;
  const tokenHash = hashToken(token);
  if (token.startsWith(API_TOKEN_PREFIX)) {
    const stored = await acrossTenants.apiTokenByHash(tokenHash);
    return stored === undefined ? null : resumeApiToken(context, stored);
  }
  const session = await acrossTenants.sessionByTokenHash(tokenHash);
  return session === undefined ? null : resumeSession(context, session);
}

async function logout({ catalog, audit }: AccessContext, principal: Principal, address: string): Promise<void> {
  if (principal.kind !== "session")
    throw new NightjarError("bad_request", "An API token is not a session: revoke it instead of signing out.");
  await catalog.tenant(principal.homeTenantId).sessions.remove(principal.credentialId);
  await audit.write({
    tenantId: principal.homeTenantId,
    actor: principal.username,
    action: "logout",
    object: "session",
    address,
  });
}

async function actIn({ catalog }: AccessContext, principal: Principal, tenantId: number): Promise<Principal> {
  if (tenantId === principal.tenantId) return principal;
  // Alike without the permission and without the tenant: whether another tenant exists is nobody's business.
  const tenant = mayDo(principal, "tenants.edit") ? await catalog.acrossTenants.tenant(tenantId) : undefined;
  if (tenant === undefined) throw new NightjarError("not_found", `There is no tenant ${tenantId}.`);
  return { ...principal, tenantId: tenant.id, tenantName: tenant.name };
}
