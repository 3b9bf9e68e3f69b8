import type { Kysely } from "kysely";
import type { DeletedSpan } from "../recording/deletion.ts";
import { TOLERATED_HOLE_MS } from "../recording/timeline.ts";
import type { Schema } from "./schema.ts";
import type { Span } from "./segments.ts";

/** The deleted footage of a camera that touches a span, oldest first. */
export async function deletedWithin(db: Kysely<Schema>, cameraId: number, span: Span): Promise<readonly DeletedSpan[]> {
  const rows = await db
    .selectFrom("deletions")
    .selectAll()
    .where("camera_id", "=", cameraId)
    .where("start_ms", "<", span.endMs)
    .where("end_ms", ">", span.startMs)
    .orderBy("start_ms")
    .execute();
  return rows.map((row) => ({ startMs: row.start_ms, endMs: row.end_ms, cause: row.cause }));
}

/**
 * Notes that footage of a span was deleted; told twice it changes nothing. Spans of one cause that meet become one; what was deleted first
 * stays with its cause.
 */
export async function noteDeleted(db: Kysely<Schema>, cameraId: number, deleted: DeletedSpan): Promise<void> {
  const beside = await deletedWithin(db, cameraId, {
    startMs: deleted.startMs - TOLERATED_HOLE_MS,
    endMs: deleted.endMs + TOLERATED_HOLE_MS,
  });
  let { startMs, endMs } = deleted;
  const joined: DeletedSpan[] = [];
  for (const other of beside) {
    if (other.cause === deleted.cause) {
      joined.push(other);
      startMs = Math.min(startMs, other.startMs);
      endMs = Math.max(endMs, other.endMs);
    } else if (other.startMs <= startMs) startMs = Math.max(startMs, Math.min(other.endMs, endMs));
    else endMs = Math.min(endMs, other.startMs);
  }
  if (endMs <= startMs) return;
  for (const other of joined) {
    await db.deleteFrom("deletions").where("camera_id", "=", cameraId).where("start_ms", "=", other.startMs).execute();
  }
  const { cause } = deleted;
  await db.insertInto("deletions").values({ camera_id: cameraId, start_ms: startMs, end_ms: endMs, cause }).execute();
}
