import { NightjarError } from "../base/error.ts";
import type { StoredSession } from "../catalog/sessions.ts";
import type { StoredUser } from "../catalog/users.ts";
import type { AccessContext } from "./access-context.ts";
import { newToken, SESSION_TOKEN_PREFIX } from "./opaque-token.ts";
import type { Principal } from "./principal.ts";
import { permissionsOf } from "./roles.ts";

const DAY_MS = 86_400_000;
/** A session ends this long after its last use. */
const SESSION_MS = 30 * DAY_MS;
/** A use is noted, and the end moved, at most this often: reading must not write at every request. */
const SESSION_TOUCH_MS = 3_600_000;
const MEDIA_TOKEN_MS = 600_000;

/** `token` is told this once; only its hash is kept. */
export interface SignedIn {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

export interface IssuedMediaToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Begins a session of the user, and forgets those of anybody that have expired. */
export async function beginSession({ catalog, clock }: AccessContext, user: StoredUser): Promise<SignedIn> {
  const nowMs = clock.nowMs();
  await catalog.acrossTenants.removeExpiredSessions(nowMs);
  const { token, tokenHash } = newToken(SESSION_TOKEN_PREFIX);
  const expiresAtMs = nowMs + SESSION_MS;
  const credentialId = await catalog
    .tenant(user.tenantId)
    .sessions.create({ kind: "login", userId: user.id, cameraId: null, tokenHash, expiresAtMs });
  return { token, expiresAtMs, principal: sessionPrincipal(user, credentialId, expiresAtMs) };
}

/** Who holds this session; null when it has expired. Notes the use. */
export async function resumeSession(context: AccessContext, session: StoredSession): Promise<Principal | null> {
  const nowMs = context.clock.nowMs();
  if (session.expiresAtMs <= nowMs) return null;
  if (session.kind === "media") return mediaPrincipal(context, session);
  let { expiresAtMs } = session;
  if (nowMs - session.lastUsedAtMs >= SESSION_TOUCH_MS) {
    expiresAtMs = nowMs + SESSION_MS;
    const { sessions } = context.catalog.tenant(session.tenantId);
    await sessions.touch(session.id, { lastUsedAtMs: nowMs, expiresAtMs });
  }
  return sessionPrincipal(session.user, session.id, expiresAtMs);
}

/** A token for the footage of one camera, good for ten minutes but no longer than what its maker signed in with. */
export async function issueMediaToken(
  { catalog, clock }: AccessContext,
  principal: Principal,
  cameraId: number,
): Promise<IssuedMediaToken> {
  const tenant = catalog.tenant(principal.tenantId);
  const camera = await tenant.cameras.get(cameraId, { includeDeleted: true });
  if (camera === undefined) throw new NightjarError("not_found", `There is no camera ${cameraId}.`);
  const { token, tokenHash } = newToken(SESSION_TOKEN_PREFIX);
  const expiresAtMs = Math.min(clock.nowMs() + MEDIA_TOKEN_MS, principal.expiresAtMs ?? Number.POSITIVE_INFINITY);
  await tenant.sessions.create({ kind: "media", userId: principal.userId, cameraId, tokenHash, expiresAtMs });
  return { token, expiresAtMs };
}

function sessionPrincipal(user: StoredUser, credentialId: number, expiresAtMs: number): Principal {
  return {
    kind: "session",
    credentialId,
    tenantId: user.tenantId,
    tenantName: user.tenantName,
    homeTenantId: user.tenantId,
    userId: user.id,
    username: user.username,
    role: user.role,
    permissions: permissionsOf(user.role, user.tenantId),
    cameraId: null,
    expiresAtMs,
  };
}

/** It acts in the tenant of its camera, which a platform administrator may have visited. */
async function mediaPrincipal({ catalog }: AccessContext, session: StoredSession): Promise<Principal | null> {
  const tenant = await catalog.acrossTenants.tenant(session.tenantId);
  if (tenant === undefined) return null;
  const { user, cameraId } = session;
  const base = sessionPrincipal(user, session.id, session.expiresAtMs);
  const permissions = base.permissions.filter((permission) => permission === "recordings.view");
  return { ...base, kind: "media_token", tenantId: tenant.id, tenantName: tenant.name, permissions, cameraId };
}
