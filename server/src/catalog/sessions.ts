import type { Kysely } from "kysely";
import { NightjarError } from "../base/error.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";
import { type StoredUser, USER_COLUMNS, userOf } from "./users.ts";

/** `login`: everything its user may do. `media`: only the footage of `cameraId`. */
export type SessionKind = "login" | "media";

export interface SessionInput {
  readonly kind: SessionKind;
  readonly userId: number;
  /** Only of a media session. */
  readonly cameraId: number | null;
  /** SHA-256 of the token, 32 bytes: whoever reads the catalog cannot sign in with what it holds. */
  readonly tokenHash: Uint8Array;
  readonly expiresAtMs: number;
}

export interface StoredSession {
  readonly id: number;
  readonly tenantId: number;
  readonly kind: SessionKind;
  readonly cameraId: number | null;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
  readonly expiresAtMs: number;
  readonly user: StoredUser;
}

/** The sessions of one tenant: those of its users, and the media sessions of its cameras. */
export interface SessionQueries {
  /** Answers the new session's id. Throws `not_found` when the camera, or without one the user, is not this tenant's. */
  create(input: SessionInput): Promise<number>;
  /** Notes the use and moves the expiry. */
  touch(id: number, use: { readonly lastUsedAtMs: number; readonly expiresAtMs: number }): Promise<void>;
  remove(id: number): Promise<boolean>;
}

/** The session queries of a tenant. */
export function sessionQueries(handle: TenantHandle): SessionQueries {
  return {
    async create(input) {
      // A media session lies in its camera's tenant, which its user may only be visiting.
      if (input.cameraId === null) await requireOwn(handle, "users", input.userId);
      else await requireOwn(handle, "cameras", input.cameraId);
      const nowMs = handle.clock.nowMs();
      const created = await handle
        .insert("sessions", {
          user_id: input.userId,
          kind: input.kind,
          camera_id: input.cameraId,
          token_hash: input.tokenHash,
          created_at_ms: nowMs,
          last_used_at_ms: nowMs,
          expires_at_ms: input.expiresAtMs,
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      return created.id;
    },
    async touch(id, use) {
      await handle
        .update("sessions")
        .set({ last_used_at_ms: use.lastUsedAtMs, expires_at_ms: use.expiresAtMs })
        .where("id", "=", id)
        .execute();
    },
    async remove(id) {
      const removed = await handle.delete("sessions").where("id", "=", id).executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
  };
}

/** The session of a token, whatever its tenant. */
export async function sessionByTokenHash(
  db: Kysely<Schema>,
  tokenHash: Uint8Array,
): Promise<StoredSession | undefined> {
  const row = await db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .innerJoin("tenants", "tenants.id", "users.tenant_id")
    .innerJoin("roles", "roles.id", "users.role_id")
    .selectAll("sessions")
    .select(USER_COLUMNS)
    .where("sessions.token_hash", "=", tokenHash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    cameraId: row.camera_id,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    expiresAtMs: row.expires_at_ms,
    user: userOf(row),
  };
}

/** Forgets all that expired before `nowMs`, of every tenant; answers how many. */
export async function removeExpiredSessions(db: Kysely<Schema>, nowMs: number): Promise<number> {
  const removed = await db.deleteFrom("sessions").where("expires_at_ms", "<", nowMs).executeTakeFirst();
  return Number(removed.numDeletedRows);
}

async function requireOwn(handle: TenantHandle, table: "users" | "cameras", id: number): Promise<void> {
  const row = await handle.select(table).select("id").where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new NightjarError("not_found", `There is no ${table.slice(0, -1)} ${id}.`);
}
