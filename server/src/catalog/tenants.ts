import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** The tenant that exists from the start; its administrators look after the whole installation. */
export const DEFAULT_TENANT_ID = 1;

export interface StoredTenant {
  readonly id: number;
  readonly name: string;
}

/** All of them, by id. */
export function allTenants(db: Kysely<Schema>): Promise<StoredTenant[]> {
  return db.selectFrom("tenants").select(["id", "name"]).orderBy("id").execute();
}

/** undefined: no such tenant. */
export function findTenant(db: Kysely<Schema>, id: number): Promise<StoredTenant | undefined> {
  return db.selectFrom("tenants").select(["id", "name"]).where("id", "=", id).executeTakeFirst();
}
