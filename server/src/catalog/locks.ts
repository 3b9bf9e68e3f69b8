import type { Kysely, Selectable } from "kysely";
import type { LockedSpan } from "../recording/lock.ts";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";

export interface LockInput extends LockedSpan {
  /** Ascending. */
  readonly cameraIds: readonly number[];
  readonly reason: string;
  /** User name. */
  readonly createdBy: string;
}

export interface StoredLock extends LockInput {
  readonly id: number;
  readonly createdAtMs: number;
}

/** The locks of one tenant. One that has expired holds no more, and is not told. */
export interface LockQueries {
  /** Newest first. `cameraId`: only those of this camera. */
  list(page: PageRequest, which?: { readonly cameraId?: number | undefined }): Promise<Page<StoredLock>>;
  /** All that protect anything of a camera, oldest first. */
  ofCamera(cameraId: number): Promise<readonly StoredLock[]>;
  create(input: LockInput): Promise<StoredLock>;
  /** Answers the lock as it was; undefined: there is none. */
  remove(id: number): Promise<StoredLock | undefined>;
}

/** The lock queries of a tenant. */
export function lockQueries(handle: TenantHandle): LockQueries {
  const holding = () =>
    handle
      .select("locks")
      .selectAll()
      .where((row) => row.or([row("expires_at_ms", "is", null), row("expires_at_ms", ">", handle.clock.nowMs())]));
  return {
    async list(page, which) {
      // They are few: of one camera they are picked out here.
      const rows = await holding()
        .where("id", "<", cursorPosition(page) ?? Number.MAX_SAFE_INTEGER)
        .orderBy("id", "desc")
        .$if(which?.cameraId === undefined, (query) => query.limit(page.limit + 1))
        .execute();
      const { cameraId } = which ?? {};
      const locks = rows.map(stored).filter((lock) => cameraId === undefined || lock.cameraIds.includes(cameraId));
      return pageOf(locks, page, (lock) => lock.id);
    },
    async ofCamera(cameraId) {
      const rows = await holding().orderBy("id").execute();
      return rows.map(stored).filter((lock) => lock.cameraIds.includes(cameraId));
    },
    async create(input) {
      const row = await handle
        .insert("locks", {
          camera_ids: JSON.stringify(input.cameraIds),
          start_ms: input.startMs,
          end_ms: input.endMs,
          reason: input.reason,
          created_by: input.createdBy,
          created_at_ms: handle.clock.nowMs(),
          expires_at_ms: input.expiresAtMs,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return stored(row);
    },
    async remove(id) {
      const row = await handle.delete("locks").where("id", "=", id).returningAll().executeTakeFirst();
      return row === undefined ? undefined : stored(row);
    },
  };
}

/** The locks of all tenants by camera, expired ones too: who deletes decides what time it is. */
export async function locksByCamera(db: Kysely<Schema>): Promise<ReadonlyMap<number, readonly LockedSpan[]>> {
  const byCamera = new Map<number, LockedSpan[]>();
  for (const { cameraIds, startMs, endMs, expiresAtMs } of (
    await db.selectFrom("locks").selectAll().orderBy("id").execute()
  ).map(stored)) {
    for (const id of cameraIds) byCamera.set(id, [...(byCamera.get(id) ?? []), { startMs, endMs, expiresAtMs }]);
  }
  return byCamera;
}

function stored(row: Selectable<Schema["locks"]>): StoredLock {
  return {
    id: row.id,
    cameraIds: JSON.parse(row.camera_ids) as number[],
    startMs: row.start_ms,
    endMs: row.end_ms,
    reason: row.reason,
    createdBy: row.created_by,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
