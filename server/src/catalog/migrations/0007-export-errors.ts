import { type Migration, sql } from "kysely";

/** Why an export failed, as a code beside the sentence. */
export function exportErrors(): Migration {
  return {
    async up(db) {
      await sql.raw("alter table exports add column error_code text").execute(db);
    },
  };
}
