import { type Migration, sql } from "kysely";
import type { DialectTraits } from "../dialects/dialect.ts";

/** What playlists need of closed segments. */
export function outlines({ integer, bytes, clusteredTableEnd }: DialectTraits): Migration {
  // A table of its own, so that the other questions do not read past it. An outline goes with the row of its segment, also where that is
  // only put in anew because the file has become another.
  const statement = `create table segment_outlines (
    camera_id ${integer} not null,
    start_ms ${integer} not null,
    outline ${bytes} not null,
    primary key (camera_id, start_ms),
    foreign key (camera_id, start_ms) references segments (camera_id, start_ms) on delete cascade
  ) ${clusteredTableEnd}`;
  return {
    async up(db) {
      await sql.raw(statement).execute(db);
    },
  };
}
