import type { Permission } from "@nightjar/api/permission";
import type { Kysely, Selectable } from "kysely";
import { NightjarError } from "../base/error.ts";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";
import { type StoredUser, USER_COLUMNS, userOf } from "./users.ts";

export interface ApiTokenInput {
  readonly userId: number;
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** SHA-256 of the token, 32 bytes. */
  readonly tokenHash: Uint8Array;
  /** null: until it is revoked. */
  readonly expiresAtMs: number | null;
}

export interface StoredApiToken {
  readonly id: number;
  readonly tenantId: number;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface ApiTokenWithUser extends StoredApiToken {
  readonly user: StoredUser;
}

/** The API tokens of one tenant's users. */
export interface TokenQueries {
  /** Oldest first. */
  list(userId: number, page: PageRequest): Promise<Page<StoredApiToken>>;
  /** Throws `not_found` when the user is not this tenant's. */
  create(input: ApiTokenInput): Promise<StoredApiToken>;
  touch(id: number, lastUsedAtMs: number): Promise<void>;
  /** Answers what was removed; undefined when this user has no such token. */
  remove(userId: number, id: number): Promise<StoredApiToken | undefined>;
}

/** The API token queries of a tenant. */
export function tokenQueries(handle: TenantHandle): TokenQueries {
  return {
    async list(userId, page) {
      const rows = await handle
        .select("api_tokens")
        .selectAll()
        .where("user_id", "=", userId)
        .where("id", ">", cursorPosition(page) ?? 0)
        .orderBy("id")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows.map(stored), page, (token) => token.id);
    },
    create: (input) => create(handle, input),
    async touch(id, lastUsedAtMs) {
      await handle.update("api_tokens").set({ last_used_at_ms: lastUsedAtMs }).where("id", "=", id).execute();
    },
    async remove(userId, id) {
      const row = await handle
        .delete("api_tokens")
        .where("id", "=", id)
        .where("user_id", "=", userId)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : stored(row);
    },
  };
}

/** The API token with this hash, whatever its tenant. */
export async function apiTokenByHash(db: Kysely<Schema>, tokenHash: Uint8Array): Promise<ApiTokenWithUser | undefined> {
  const row = await db
    .selectFrom("api_tokens")
    .innerJoin("users", "users.id", "api_tokens.user_id")
    .innerJoin("tenants", "tenants.id", "users.tenant_id")
    .innerJoin("roles", "roles.id", "users.role_id")
    .selectAll("api_tokens")
    .select(USER_COLUMNS)
    .where("api_tokens.token_hash", "=", tokenHash)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...stored(row), user: userOf(row) };
}

async function create(handle: TenantHandle, input: ApiTokenInput): Promise<StoredApiToken> {
  const user = await handle.select("users").select("id").where("id", "=", input.userId).executeTakeFirst();
  if (user === undefined) throw new NightjarError("not_found", `There is no user ${input.userId}.`);
  const row = await handle
    .insert("api_tokens", {
      user_id: input.userId,
      name: input.name,
      permissions: JSON.stringify(input.permissions),
      token_hash: input.tokenHash,
      created_at_ms: handle.clock.nowMs(),
      expires_at_ms: input.expiresAtMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return stored(row);
}

function stored(row: Selectable<Schema["api_tokens"]>): StoredApiToken {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    permissions: JSON.parse(row.permissions) as Permission[],
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  };
}
