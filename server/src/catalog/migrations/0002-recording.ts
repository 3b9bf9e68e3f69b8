import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** Schedules, the installation's recording defaults, and the ledgers of the cameras. */
export function recording({ id, integer, tableEnd, clusteredTableEnd }: DialectTraits): Migration {
  const statements = [
    `create table schedules (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      name text not null,
      windows text not null,
      unique (tenant_id, name)
    ) ${tableEnd}`,
    // One row for the whole installation. What was never changed is not kept, so that it follows the built-in value.
    `create table settings (
      id ${integer} not null primary key check (id = 1),
      recording text not null
    ) ${tableEnd}`,
    `insert into settings (id, recording) values (1, '{"recording":{},"audio":null}')`,
    // Clustered like the segments: a day of a camera lies together.
    `create table ledger (
      camera_id ${integer} not null references cameras (id),
      at_ms ${integer} not null,
      state text not null,
      detail text not null,
      primary key (camera_id, at_ms)
    ) ${clusteredTableEnd}`,
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
