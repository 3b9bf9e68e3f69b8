import type { Kysely, Selectable } from "kysely";
import type { Schema } from "./schema.ts";

/** The tenant that exists from the start; its administrators look after the whole installation. */
export const DEFAULT_TENANT_ID = 1;

export interface StoredTenant {
  readonly id: number;
  readonly name: string;
  /** What its footage may take; 0: no limit. */
  readonly maxStorageBytes: number;
}

/** All of them, by id. */
export async function allTenants(db: Kysely<Schema>): Promise<StoredTenant[]> {
  const rows = await db.selectFrom("tenants").selectAll().orderBy("id").execute();
  return rows.map(stored);
}

/** undefined: no such tenant. */
export async function findTenant(db: Kysely<Schema>, id: number): Promise<StoredTenant | undefined> {
  const row = await db.selectFrom("tenants").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : stored(row);
}

/** Sets what its footage may take (0: no limit); undefined: no such tenant. */
export async function setTenantLimit(
  db: Kysely<Schema>,
  id: number,
  maxStorageBytes: number,
): Promise<StoredTenant | undefined> {
  const changed = db.updateTable("tenants").set({ max_storage_bytes: maxStorageBytes }).where("id", "=", id);
  const row = await changed.returningAll().executeTakeFirst();
  return row === undefined ? undefined : stored(row);
}

function stored(row: Selectable<Schema["tenants"]>): StoredTenant {
  return { id: row.id, name: row.name, maxStorageBytes: row.max_storage_bytes };
}
