import type { Permission } from "@nightjar/api/permission";
import { NightjarError } from "../base/error.ts";
import type { Page, PageRequest } from "../catalog/page.ts";
import type { ApiTokenWithUser, StoredApiToken } from "../catalog/tokens.ts";
import type { AccessContext } from "./access-context.ts";
import { API_TOKEN_PREFIX, newToken } from "./opaque-token.ts";
import { mayDo, type Principal } from "./principal.ts";
import { permissionsOf } from "./roles.ts";

/** The last use is noted at most this often. */
const TOUCH_MS = 60_000;

export interface ApiTokenRequest {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly expiresAtMs: number | null;
}

/** A user's own API tokens. */
export interface ApiTokens {
  list(principal: Principal, page: PageRequest): Promise<Page<StoredApiToken>>;
  /** Throws `forbidden` (`details.permission`) for a permission the maker lacks, `invalid_field` for an expiry in the past. */
  create(
    principal: Principal,
    request: ApiTokenRequest,
    address: string,
  ): Promise<{ readonly stored: StoredApiToken; readonly token: string }>;
  /** Throws `not_found` unless it is one's own. */
  revoke(principal: Principal, id: number, address: string): Promise<void>;
}

/** The API tokens of a user, who keeps them in their own tenant wherever they act. */
export function apiTokens(context: AccessContext): ApiTokens {
  const { catalog, audit } = context;
  return {
    list: (principal, page) => catalog.tenant(principal.homeTenantId).tokens.list(principal.userId, page),
    create: (principal, request, address) => create(context, principal, request, address),
    async revoke(principal, id, address) {
      const removed = await catalog.tenant(principal.homeTenantId).tokens.remove(principal.userId, id);
      if (removed === undefined) throw new NightjarError("not_found", `You have no API token ${id}.`);
      await audit.write({
        tenantId: principal.homeTenantId,
        actor: principal.username,
        action: "api_token.revoke",
        object: `API token ${id}`,
        before: { name: removed.name, permissions: removed.permissions },
        address,
      });
    },
  };
}

/** Who holds this API token; null when it has expired. Never more than its user may do today. */
export async function resumeApiToken(
  { catalog, clock }: AccessContext,
  stored: ApiTokenWithUser,
): Promise<Principal | null> {
  const nowMs = clock.nowMs();
  if (stored.expiresAtMs !== null && stored.expiresAtMs <= nowMs) return null;
  if (stored.lastUsedAtMs === null || nowMs - stored.lastUsedAtMs >= TOUCH_MS)
    await catalog.tenant(stored.tenantId).tokens.touch(stored.id, nowMs);
  const { user } = stored;
  return {
    kind: "api_token",
    credentialId: stored.id,
    tenantId: user.tenantId,
    tenantName: user.tenantName,
    homeTenantId: user.tenantId,
    userId: user.id,
    username: user.username,
    role: user.role,
    permissions: permissionsOf(user.role, user.tenantId).filter((one) => stored.permissions.includes(one)),
    cameraId: null,
    expiresAtMs: stored.expiresAtMs,
  };
}

async function create(context: AccessContext, principal: Principal, request: ApiTokenRequest, address: string) {
  const { catalog, clock, audit } = context;
  refuseUnlessAllowed(principal, request, clock.nowMs());
  const { token, tokenHash } = newToken(API_TOKEN_PREFIX);
  const stored = await catalog.tenant(principal.homeTenantId).tokens.create({
    userId: principal.userId,
    name: request.name,
    permissions: [...new Set(request.permissions)],
    tokenHash,
    expiresAtMs: request.expiresAtMs,
  });
  await audit.write({
    tenantId: principal.homeTenantId,
    actor: principal.username,
    action: "api_token.create",
    object: `API token ${stored.id}`,
    after: { name: stored.name, permissions: stored.permissions, expires_at_ms: stored.expiresAtMs },
    address,
  });
  return { stored, token };
}

function refuseUnlessAllowed(principal: Principal, request: ApiTokenRequest, nowMs: number): void {
  // A token that could make others would outlive its own expiry and revocation.
  if (principal.kind !== "session")
    throw new NightjarError("forbidden", "An API token cannot make others; sign in with user name and password.");
  const missing = request.permissions.find((permission) => !mayDo(principal, permission));
  if (missing !== undefined)
    throw new NightjarError("forbidden", `You cannot give a token ${missing}: you do not have it yourself.`, {
      details: { permission: missing },
    });
  if (request.expiresAtMs !== null && request.expiresAtMs <= nowMs) {
    const message = "must lie in the future";
    throw new NightjarError("invalid_field", `expires_at ${message}.`, {
      details: { fields: [{ field: "expires_at", message }] },
    });
  }
}
