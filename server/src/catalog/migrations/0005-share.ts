import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** A network share, and which segments lie on it. */
export function share({ integer }: DialectTraits): Migration {
  const statements = [
    // JSON, passwords sealed.
    "alter table settings add column share text not null default '{}'",
    // Id of the share's volume; null: nothing was written to it yet.
    "alter table settings add column share_volume text",
    // 1: the file lies on the share, and no longer on the disk.
    `alter table segments add column on_share ${integer} not null default 0`,
  ];
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
