import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { DeletedSpan } from "../recording/deletion.ts";
import type { LedgerEntry } from "../recording/ledger.ts";
import type { StoredCamera } from "./cameras.ts";
import { noteDeleted } from "./deletions.ts";
import { writeLedgerEntry } from "./ledger.ts";
import { segmentColumns } from "./report-intake.ts";
import type { Schema } from "./schema.ts";
import type { StoredSegment } from "./segments.ts";
import type { CatalogContext } from "./tenant-handle.ts";

/** PostgreSQL takes 65,535 parameters in a statement, SQLite 32,766. */
const ROWS_AT_ONCE = 500;

/** A camera as its files tell it. */
export type RestoredCamera = Pick<
  StoredCamera,
  "id" | "tenantId" | "uuid" | "name" | "timeZone" | "createdAtMs" | "deletedAtMs"
>;

export interface RestoredFootage {
  readonly removed: readonly StoredSegment[];
  /** Their starts are free, or those of removed ones. */
  readonly stored: readonly StoredSegment[];
  readonly ledger: readonly LedgerEntry[];
  readonly deletions?: readonly DeletedSpan[];
}

/** Makes the catalog say again what the files say, while no server runs. Each call is one transaction, and can be made again. */
export interface RestoreQueries {
  /** Makes the tenant where there is none with this id; its name is lost. */
  tenant(id: number): Promise<void>;
  /** Makes the camera with its own id, switched off and without an address. Neither id nor uuid may be there. */
  camera(camera: RestoredCamera): Promise<void>;
  /** Gives no camera that is made from now on this id or a lower one. */
  passCameraIds(id: number): Promise<void>;
  /** Takes segments out and in, writes ledger entries over those of the same instants, and adds the camera's totals up again. */
  footage(camera: Pick<StoredCamera, "id">, change: RestoredFootage): Promise<void>;
}

/** The queries of `check --fix` and `reindex`. */
export function restoreQueries({ db, traits }: CatalogContext): RestoreQueries {
  const givenId = sql.raw(traits.givenId);
  const passGivenIds = async (transaction: Kysely<Schema>, table: "tenants" | "cameras") => {
    const statement = traits.passGivenIds(table);
    if (statement !== null) await sql.raw(statement).execute(transaction);
  };
  const insertCamera = async (transaction: Kysely<Schema>, camera: RestoredCamera) => {
    const streams = JSON.stringify({ main: { url: "" }, sub: null });
    await sql`insert into cameras
      (id, tenant_id, uuid, name, enabled, time_zone, streams, transport, recording, created_at_ms, deleted_at_ms)
      ${givenId} values (${camera.id}, ${camera.tenantId}, ${camera.uuid}, ${camera.name}, 0, ${camera.timeZone},
      ${streams}, 'tcp', '{}', ${camera.createdAtMs}, ${camera.deletedAtMs})`.execute(transaction);
    await passGivenIds(transaction, "cameras");
  };
  return {
    async tenant(id) {
      await db.transaction().execute(async (transaction) => {
        const present = await transaction.selectFrom("tenants").select("id").where("id", "=", id).executeTakeFirst();
        if (present !== undefined) return;
        await sql`insert into tenants (id, name) ${givenId} values (${id}, ${`Tenant ${id}`})`.execute(transaction);
        await passGivenIds(transaction, "tenants");
      });
    },
    camera: (camera) => db.transaction().execute((transaction) => insertCamera(transaction, camera)),
    async passCameraIds(id) {
      const { lastId } = await db
        .selectFrom("cameras")
        .select(({ fn }) => fn.max("id").as("lastId"))
        .executeTakeFirstOrThrow();
      if (lastId !== null && lastId >= id) return;
      // A camera with this id that is taken out again: numbers are never given twice.
      await db.transaction().execute(async (transaction) => {
        const { id: tenantId } = await transaction
          .selectFrom("tenants")
          .select("id")
          .limit(1)
          .executeTakeFirstOrThrow();
        const [uuid, never] = [randomUUID(), { createdAtMs: 0, deletedAtMs: 0 }];
        await insertCamera(transaction, { id, tenantId, uuid, name: "", timeZone: "UTC", ...never });
        await transaction.deleteFrom("cameras").where("id", "=", id).execute();
      });
    },
    footage: (camera, change) =>
      db.transaction().execute((transaction) => restoreFootage(transaction, camera.id, change)),
  };
}

async function restoreFootage(
  db: Kysely<Schema>,
  cameraId: number,
  { removed, stored, ledger, deletions = [] }: RestoredFootage,
): Promise<void> {
  for (const part of parts(removed)) {
    const starts = part.map((segment) => segment.startMs);
    await db.deleteFrom("segments").where("camera_id", "=", cameraId).where("start_ms", "in", starts).execute();
  }
  for (const part of parts(stored)) await db.insertInto("segments").values(part.map(segmentColumns)).execute();
  for (const entry of ledger) await writeLedgerEntry(db, cameraId, entry);
  for (const deleted of deletions) await noteDeleted(db, cameraId, deleted);
  await recount(db, cameraId);
}

function parts<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / ROWS_AT_ONCE);
  return Array.from({ length: count }, (_, i) => items.slice(i * ROWS_AT_ONCE, (i + 1) * ROWS_AT_ONCE));
}

async function recount(db: Kysely<Schema>, cameraId: number): Promise<void> {
  await db.deleteFrom("segment_totals").where("camera_id", "=", cameraId).execute();
  await sql`insert into segment_totals (camera_id, segment_count, size_bytes, duration_ms)
    select camera_id, count(*), sum(size_bytes), sum(end_ms - start_ms) from segments
    where camera_id = ${cameraId} and state <> 'open' group by camera_id`.execute(db);
}
