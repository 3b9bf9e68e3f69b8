import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** Exports: the queue, and what has become of each; what was signed of the cameras' chains. */
export function exports({ integer, tableEnd }: DialectTraits): Migration {
  const statements = [
    // `place`: the order of the queue; a retry gets a new one.
    `create table exports (
      id text not null primary key,
      tenant_id ${integer} not null references tenants (id),
      created_at_ms ${integer} not null,
      created_by text not null,
      place ${integer} not null,
      status text not null,
      request text not null,
      result text,
      size_bytes ${integer} not null,
      error text,
      finished_at_ms ${integer}
    ) ${tableEnd}`,
    "create index exports_of_tenant on exports (tenant_id, created_at_ms)",
    "create index exports_unfinished on exports (place) where status in ('queued', 'running')",
    `create table chain_signatures (
      camera_id ${integer} not null references cameras (id),
      start_ms ${integer} not null,
      name text not null,
      chain text not null,
      signed_at_ms ${integer} not null,
      public_key text not null,
      signature text not null,
      primary key (camera_id, start_ms)
    ) ${tableEnd}`,
    // What was never changed is not kept, so that it follows the built-in value.
    "alter table settings add column export text not null default '{}'",
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
