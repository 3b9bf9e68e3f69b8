import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** Exports: the queue, and what has become of each. */
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
    // What was never changed is not kept, so that it follows the built-in value.
    "alter table settings add column export text not null default '{}'",
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
