import { type Kysely, sql } from "kysely";
import { NightjarError } from "../base/error.ts";
import { isUniqueViolation } from "./database-error.ts";
import type { BuiltInRole } from "./roles.ts";
import type { Schema } from "./schema.ts";
import { type CatalogContext, type TenantHandle, tenantHandle } from "./tenant-handle.ts";
import { DEFAULT_TENANT_ID } from "./tenants.ts";

export interface StoredUser {
  readonly id: number;
  readonly tenantId: number;
  readonly tenantName: string;
  readonly username: string;
  readonly role: BuiltInRole;
  readonly createdAtMs: number;
}

export interface UserInput {
  /** Unique over the whole installation, whatever its case: people sign in without naming their tenant. */
  readonly username: string;
  /** Argon2id in PHC notation. */
  readonly passwordHash: string;
  readonly role: BuiltInRole;
}

/** The users of one tenant. */
export interface UserQueries {
  get(id: number): Promise<StoredUser | undefined>;
  /** Throws `conflict` when the name is in use. */
  create(input: UserInput): Promise<StoredUser>;
}

/** The name as it is compared: neither case nor the way a letter was composed make another user. */
export function usernameKey(username: string): string {
  return username.normalize("NFKC").toLowerCase();
}

/** Columns of a joined user, under names that clash with no other table's. */
export const USER_COLUMNS = [
  "users.id as user_id",
  "users.tenant_id as user_tenant_id",
  "users.username as user_username",
  "users.created_at_ms as user_created_at_ms",
  "tenants.name as user_tenant_name",
  "roles.name as user_role",
] as const;

export interface UserRow {
  readonly user_id: number;
  readonly user_tenant_id: number;
  readonly user_username: string;
  readonly user_created_at_ms: number;
  readonly user_tenant_name: string;
  readonly user_role: BuiltInRole;
}

/** The user in a row of `USER_COLUMNS`. */
export function userOf(row: UserRow): StoredUser {
  return {
    id: row.user_id,
    tenantId: row.user_tenant_id,
    tenantName: row.user_tenant_name,
    username: row.user_username,
    role: row.user_role,
    createdAtMs: row.user_created_at_ms,
  };
}

/** The user queries of a tenant. */
export function userQueries(handle: TenantHandle): UserQueries {
  return {
    get: (id) => getUser(handle, id),
    create: (input) => handle.transaction((transaction) => createUser(transaction, input)),
  };
}

/** Whether any tenant has an administrator. */
export async function hasAdministrator(db: Kysely<Schema>): Promise<boolean> {
  const row = await db
    .selectFrom("users")
    .innerJoin("roles", "roles.id", "users.role_id")
    .select("users.id")
    .where("roles.name", "=", "Administrator")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes an administrator of the first tenant unless there is one already (then undefined), even when asked twice at once. */
export function createFirstAdministrator(
  context: CatalogContext,
  input: Omit<UserInput, "role">,
): Promise<StoredUser | undefined> {
  return context.db.transaction().execute(async (db) => {
    const handle = tenantHandle({ ...context, db }, DEFAULT_TENANT_ID);
    await handle.lockTenant();
    return (await hasAdministrator(db)) ? undefined : createUser(handle, { ...input, role: "Administrator" });
  });
}

/** The user with this name, whatever its case, and the stored hash of the password. */
export async function userForLogin(db: Kysely<Schema>, username: string) {
  const row = await db
    .selectFrom("users")
    .innerJoin("tenants", "tenants.id", "users.tenant_id")
    .innerJoin("roles", "roles.id", "users.role_id")
    .select([...USER_COLUMNS, "users.password_hash"])
    .where("users.username_key", "=", usernameKey(username))
    .executeTakeFirst();
  return row === undefined ? undefined : { user: userOf(row), passwordHash: row.password_hash };
}

async function getUser(handle: TenantHandle, id: number): Promise<StoredUser | undefined> {
  const row = await handle
    .select("users")
    .innerJoin("tenants", "tenants.id", "users.tenant_id")
    .innerJoin("roles", "roles.id", "users.role_id")
    .select(USER_COLUMNS)
    .where("users.id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : userOf(row);
}

async function createUser(handle: TenantHandle, input: UserInput): Promise<StoredUser> {
  try {
    const created = await handle
      .insert("users", {
        role_id: sql<number>`(select id from roles where tenant_id is null and name = ${input.role})`,
        username: input.username,
        username_key: usernameKey(input.username),
        password_hash: input.passwordHash,
        created_at_ms: handle.clock.nowMs(),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const user = await getUser(handle, created.id);
    if (user === undefined) throw new NightjarError("internal", `User ${created.id} is gone right after its creation.`);
    return user;
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new NightjarError("conflict", `The user name ${input.username} is in use; choose another.`, { cause });
  }
}
