import {
  type DeleteQueryBuilder,
  type DeleteResult,
  type InsertObject,
  type InsertQueryBuilder,
  type InsertResult,
  type Kysely,
  type SelectQueryBuilder,
  sql,
  type UpdateQueryBuilder,
  type UpdateResult,
} from "kysely";
import type { Clock } from "../base/clock.ts";
import type { DialectTraits } from "./dialects/dialect.ts";
import type { Schema } from "./schema.ts";

/** What every query needs. */
export interface CatalogContext {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
  readonly traits: DialectTraits;
}

/** Tables whose every row belongs to a tenant. */
export type TenantTable = {
  [T in keyof Schema]: Schema[T] extends { tenant_id: number } ? T : never;
}[keyof Schema];

/**
 * The only way in which the queries of a tenant reach a table with a `tenant_id`: it is filled in here, so that a query without a tenant
 * cannot be written.
 */
export interface TenantHandle {
  readonly tenantId: number;
  readonly clock: Clock;
  select<T extends TenantTable>(table: T): SelectQueryBuilder<Schema, T, object>;
  /** The same, to change what was read in this transaction. */
  selectForUpdate<T extends TenantTable>(table: T): SelectQueryBuilder<Schema, T, object>;
  insert<T extends TenantTable>(
    table: T,
    row: Omit<InsertObject<Schema, T>, "tenant_id">,
  ): InsertQueryBuilder<Schema, T, InsertResult>;
  update<T extends TenantTable>(table: T): UpdateQueryBuilder<Schema, T, T, UpdateResult>;
  delete<T extends TenantTable>(table: T): DeleteQueryBuilder<Schema, T, DeleteResult>;
  /** The settings of the installation, which belong to no tenant. */
  selectSettings(): SelectQueryBuilder<Schema, "settings", object>;
  updateSettings(): UpdateQueryBuilder<Schema, "settings", "settings", UpdateResult>;
  /** Waits for other transactions of this tenant that hold this lock; it is held to the end of the transaction. */
  lockTenant(): Promise<void>;
  transaction<R>(work: (handle: TenantHandle) => Promise<R>): Promise<R>;
}

/** The handle of one tenant. */
export function tenantHandle(context: CatalogContext, tenantId: number): TenantHandle {
  const { db, clock, traits } = context;
  const own = (table: TenantTable) => sql<boolean>`${sql.ref(`${table}.tenant_id`)} = ${tenantId}`;
  // Kysely cannot resolve columns of a table that is still a type parameter, hence the detour over one of the tables.
  function select<T extends TenantTable>(table: T) {
    const query = db.selectFrom(table as "cameras").where(own(table));
    return query as unknown as SelectQueryBuilder<Schema, T, object>;
  }
  return {
    tenantId,
    clock,
    select,
    selectForUpdate: (table) => (traits.rowLocks ? select(table).forUpdate() : select(table)),
    insert<T extends TenantTable>(table: T, row: Omit<InsertObject<Schema, T>, "tenant_id">) {
      const query = db.insertInto(table).values({ ...row, tenant_id: tenantId } as unknown as InsertObject<Schema, T>);
      return query as unknown as InsertQueryBuilder<Schema, T, InsertResult>;
    },
    update<T extends TenantTable>(table: T) {
      const query = db.updateTable(table as "cameras").where(own(table));
      return query as unknown as UpdateQueryBuilder<Schema, T, T, UpdateResult>;
    },
    delete<T extends TenantTable>(table: T) {
      const query = db.deleteFrom(table as "cameras").where(own(table));
      return query as unknown as DeleteQueryBuilder<Schema, T, DeleteResult>;
    },
    selectSettings: () => db.selectFrom("settings"),
    updateSettings: () => db.updateTable("settings"),
    async lockTenant() {
      // An update locks the row on both databases.
      await db
        .updateTable("tenants")
        .set((row) => ({ name: row.ref("name") }))
        .where("id", "=", tenantId)
        .execute();
    },
    transaction: (work) =>
      db.transaction().execute((transaction) => work(tenantHandle({ ...context, db: transaction }, tenantId))),
  };
}
