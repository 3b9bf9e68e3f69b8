import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/**
 * The timeline's question, too, is answered from the index alone (see 0008): a day's segments of a camera lie in as many pages of the table
 * as there are segments.
 */
export function timelineIndex({ clusteredTableEnd }: DialectTraits): Migration {
  return {
    async up(db) {
      if (clusteredTableEnd !== "") return;
      const columns = "(camera_id, start_ms) include (end_ms, kind, state)";
      await sql.raw(`create index segments_timeline on segments ${columns}`).execute(db);
      await sql.raw("drop index segments_spans").execute(db);
    },
  };
}
