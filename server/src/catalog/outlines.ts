import { sql } from "kysely";
import type { OutlinedSegment } from "./segments.ts";
import type { CatalogContext } from "./tenant-handle.ts";

/** A segment with an outline that was made from its file. */
export type MadeOutline = Pick<OutlinedSegment, "cameraId" | "startMs" | "payloadSha256"> & {
  readonly outline: Uint8Array;
};

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
