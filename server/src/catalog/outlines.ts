import { sql } from "kysely";
import type { CatalogContext } from "./tenant-handle.ts";

/** An outline that was made from the file of a segment. */
export interface MadeOutline {
  readonly cameraId: number;
  readonly startMs: number;
  /** Of the bytes that it was made of; null: those of an open segment, of which none is kept. */
  readonly payloadSha256: string | null;
  readonly outline: Uint8Array;
}

/** Keeps outlines of segments whose rows still tell of the same bytes; passes over the others. */
export async function keepOutlines({ db, traits }: CatalogContext, made: readonly MadeOutline[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const { cameraId, startMs, payloadSha256, outline } of made) {
      if (payloadSha256 === null) continue;
      await sql`insert into segment_outlines (camera_id, start_ms, outline)
        select camera_id, start_ms, cast(${Buffer.from(outline)} as ${sql.raw(traits.bytes)}) from segments
        where camera_id = ${cameraId} and start_ms = ${startMs} and payload_sha256 = ${Buffer.from(payloadSha256, "hex")}
        ${sql.raw(traits.rowLocks ? "for share" : "")}
        on conflict (camera_id, start_ms) do update set outline = excluded.outline`.execute(transaction);
    }
  });
}
