import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/**
 * Where tables are not kept in the order of their key, the segments of a camera lie between those of all others: the calendar's question would
 * read a page for each. With this it reads the index alone.
 */
export function segmentSpans({ clusteredTableEnd }: DialectTraits): Migration {
  return {
    async up(db) {
      if (clusteredTableEnd !== "") return;
      await sql.raw("create index segments_spans on segments (camera_id, start_ms) include (end_ms)").execute(db);
    },
  };
}
