import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** Places, limits, locks, and what was deleted. */
export function storage({ id, integer, tableEnd, clusteredTableEnd }: DialectTraits): Migration {
  const statements = [
    // JSON; what was never changed is not kept, so that it follows the built-in value.
    "alter table settings add column places text not null default '{}'",
    // Id of the volume that the recordings lie on; null: it has not been written to yet.
    "alter table settings add column recordings_volume text",
    "alter table cameras add column storage text not null default '{}'",
    // 1: the camera was removed together with its footage, which is still being deleted.
    `alter table cameras add column footage_unwanted ${integer} not null default 0`,
    // 0: no limit.
    `alter table tenants add column max_storage_bytes ${integer} not null default 0`,
    `create table locks (
      id ${id},
      tenant_id ${integer} not null references tenants (id),
      camera_ids text not null,
      start_ms ${integer} not null,
      end_ms ${integer} not null,
      reason text not null,
      created_by text not null,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer}
    ) ${tableEnd}`,
    "create index locks_of_tenant on locks (tenant_id, id)",
    // Spans whose footage was deleted; neighbours of one cause are one row, so that retention leaves one for a camera and not millions.
    `create table deletions (
      camera_id ${integer} not null references cameras (id),
      start_ms ${integer} not null,
      end_ms ${integer} not null,
      cause text not null,
      primary key (camera_id, start_ms)
    ) ${clusteredTableEnd}`,
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
