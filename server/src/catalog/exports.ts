import type { Export, ExportErrorCode, ExportOrder, ExportStatus } from "@nightjar/api/export";
import type { Kysely, Selectable } from "kysely";
import { NightjarError } from "../base/error.ts";
import { invalidField } from "./invalid-field.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";

/** A file in an export's folder; the CRC-32 is for the ZIP. */
export interface ExportedFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly crc32: number;
}

/** What was made. */
export interface ExportResult {
  /** All files in the order of the ZIP. */
  readonly contents: readonly ExportedFile[];
  /** The MP4s as the API tells them, without their addresses. */
  readonly files: readonly Omit<Export["files"][number], "url">[];
  readonly gaps: Export["gaps"];
}

export interface StoredExport {
  /** 12 hex digits. */
  readonly id: string;
  readonly tenantId: number;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly status: ExportStatus;
  readonly request: ExportOrder;
  /** null: not ready. */
  readonly result: ExportResult | null;
  readonly sizeBytes: number;
  readonly error: string | null;
  readonly errorCode: ExportErrorCode | null;
  readonly finishedAtMs: number | null;
}

export interface ExportInput {
  readonly id: string;
  readonly createdBy: string;
  readonly request: ExportOrder;
}

/** An export that was made under another catalog. */
export interface FoundExport extends ExportInput {
  readonly createdAtMs: number;
  readonly result: ExportResult;
}

/** How the making of an export ended. */
export type ExportEnd =
  | { readonly status: "ready"; readonly result: ExportResult }
  | { readonly status: "failed"; readonly error: string; readonly errorCode: ExportErrorCode }
  | { readonly status: "cancelled" };

/** The exports of one tenant. */
export interface ExportQueries {
  create(input: ExportInput): Promise<StoredExport>;
  /** Takes in one whose files are there, as ready from now on. */
  adopt(found: FoundExport): Promise<StoredExport>;
  get(id: string): Promise<StoredExport | undefined>;
  /** Newest first. */
  list(page: PageRequest): Promise<Page<StoredExport>>;
  /** Puts a failed or cancelled one at the end of the queue. undefined: no such export. Throws `conflict` for another status. */
  retry(id: string): Promise<StoredExport | undefined>;
  /** From queued to running; undefined where it is no longer queued. */
  begin(id: string): Promise<StoredExport | undefined>;
  /** Ends one that is queued or running; undefined where it is neither. */
  finish(id: string, end: ExportEnd): Promise<StoredExport | undefined>;
  /** undefined: no such export. */
  remove(id: string): Promise<StoredExport | undefined>;
}

const UNFINISHED = ["queued", "running"] as const;

/** The export queries of a tenant. */
export function exportQueries(handle: TenantHandle): ExportQueries {
  const get = async (id: string) =>
    optional(await handle.select("exports").selectAll().where("id", "=", id).executeTakeFirst());
  return {
    get,
    create: (input) => insert(handle, { ...input, createdAtMs: handle.clock.nowMs(), result: null }),
    adopt: (found) => insert(handle, found),
    list: (page) => list(handle, page),
    retry: (id) => handle.transaction((transaction) => retry(transaction, id)),
    async begin(id) {
      const updating = handle.update("exports").set({ status: "running" }).where("id", "=", id);
      return optional(await updating.where("status", "=", "queued").returningAll().executeTakeFirst());
    },
    async finish(id, end) {
      const row = await handle
        .update("exports")
        .set({ status: end.status, finished_at_ms: handle.clock.nowMs(), ...outcomeOf(end) })
        .where("id", "=", id)
        .where("status", "in", UNFINISHED)
        .returningAll()
        .executeTakeFirst();
      return optional(row);
    },
    async remove(id) {
      return optional(await handle.delete("exports").where("id", "=", id).returningAll().executeTakeFirst());
    },
  };
}

/** Puts those that a stopped server was making back into the queue; answers all that are queued, the first first, of every tenant. */
export async function resumeExports(db: Kysely<Schema>): Promise<readonly StoredExport[]> {
  await db.updateTable("exports").set({ status: "queued" }).where("status", "=", "running").execute();
  const rows = await db
    .selectFrom("exports")
    .selectAll()
    .where("status", "=", "queued")
    .orderBy("place")
    .orderBy("id")
    .execute();
  return rows.map(stored);
}

/** Finished exports of every tenant that were finished before `beforeMs`. */
export async function exportsFinishedBefore(db: Kysely<Schema>, beforeMs: number): Promise<readonly StoredExport[]> {
  const rows = await db.selectFrom("exports").selectAll().where("finished_at_ms", "<", beforeMs).execute();
  return rows.map(stored);
}

/** Ids of all exports of every tenant; those that are not ready have no files. */
export async function exportIds(db: Kysely<Schema>): Promise<ReadonlyMap<string, { readonly ready: boolean }>> {
  const rows = await db.selectFrom("exports").select(["id", "status"]).execute();
  return new Map(rows.map(({ id, status }) => [id, { ready: status === "ready" }]));
}

/** `result` null: it is still to be made. */
async function insert(
  handle: TenantHandle,
  { id, createdBy, createdAtMs, request, result }: Omit<FoundExport, "result"> & { result: ExportResult | null },
): Promise<StoredExport> {
  const row = await handle
    .insert("exports", {
      ...{ id, created_at_ms: createdAtMs, created_by: createdBy, place: handle.clock.nowMs() },
      ...{ status: result === null ? "queued" : "ready", request: JSON.stringify(request) },
      ...{ error: null, error_code: null },
      result: result === null ? null : JSON.stringify(result),
      size_bytes: result === null ? 0 : sizeOf(result),
      finished_at_ms: result === null ? null : handle.clock.nowMs(),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return stored(row);
}

/** Of all files together. */
function sizeOf({ contents }: ExportResult): number {
  return contents.reduce((sum, file) => sum + file.sizeBytes, 0);
}

async function list(handle: TenantHandle, page: PageRequest): Promise<Page<StoredExport>> {
  const after = cursorOf(page);
  const rows = await handle
    .select("exports")
    .selectAll()
    .$if(after !== null, (query) =>
      query.where((where) =>
        where.or([
          where("created_at_ms", "<", after?.createdAtMs ?? 0),
          where.and([where("created_at_ms", "=", after?.createdAtMs ?? 0), where("id", "<", after?.id ?? "")]),
        ]),
      ),
    )
    .orderBy("created_at_ms", "desc")
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();
  const { items, nextCursor } = pageOf(rows.map(stored), page, (one) => one.createdAtMs);
  const last = items.at(-1);
  return { items, nextCursor: nextCursor === null ? null : `${nextCursor}-${last?.id}` };
}

function cursorOf({ cursor }: PageRequest): { createdAtMs: number; id: string } | null {
  if (cursor === undefined) return null;
  const [, createdAtMs, id] = /^(\d{1,15})-([0-9a-f]{12})$/.exec(cursor) ?? [];
  if (id === undefined)
    throw invalidField("cursor", "is not a cursor that a list answered; leave it out to begin at the start");
  return { createdAtMs: Number(createdAtMs), id };
}

async function retry(handle: TenantHandle, id: string): Promise<StoredExport | undefined> {
  const present = await handle.selectForUpdate("exports").selectAll().where("id", "=", id).executeTakeFirst();
  if (present === undefined) return undefined;
  if (present.status !== "failed" && present.status !== "cancelled")
    throw new NightjarError(
      "conflict",
      `Export ${id} is ${present.status}: only a failed or cancelled one is retried.`,
    );
  const row = await handle
    .update("exports")
    .set({ status: "queued", place: handle.clock.nowMs(), error: null, error_code: null, finished_at_ms: null })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return stored(row);
}

function outcomeOf(end: ExportEnd) {
  switch (end.status) {
    case "ready":
      return { result: JSON.stringify(end.result), size_bytes: sizeOf(end.result) };
    case "failed":
      return { error: end.error, error_code: end.errorCode };
    case "cancelled":
      return {};
  }
}

function optional(row: Selectable<Schema["exports"]> | undefined): StoredExport | undefined {
  return row === undefined ? undefined : stored(row);
}

function stored(row: Selectable<Schema["exports"]>): StoredExport {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    status: row.status,
    request: JSON.parse(row.request) as ExportOrder,
    result: row.result === null ? null : (JSON.parse(row.result) as ExportResult),
    sizeBytes: row.size_bytes,
    error: row.error,
    errorCode: row.error_code,
    finishedAtMs: row.finished_at_ms,
  };
}
