import type { Insertable, Kysely } from "kysely";
import type { LedgerNoted, Report, SegmentClosed, SegmentDeleted, SegmentOpened } from "../ipc/messages.ts";
import { isLedgerState } from "../recording/ledger.ts";
import { segmentNameStartMs } from "../recording/segment-name.ts";
import { noteDeleted } from "./deletions.ts";
import { writeLedgerEntry } from "./ledger.ts";
import type { Schema } from "./schema.ts";
import { NAME_TOLERANCE_MS, type StoredSegment, segmentByName } from "./segments.ts";
import type { CatalogContext } from "./tenant-handle.ts";

export interface NumberedReport {
  readonly workerName: string;
  /** Names the worker's journal: a new uuid starts at sequence 1 again. */
  readonly workerUuid: string;
  readonly sequence: number;
  readonly tenantId: number;
  readonly cameraId: number;
  readonly report: Report;
}

/** What a report did. In every case it is taken: acknowledge it. */
export type ReportOutcome =
  /** This sequence, or a later one, was taken before. */
  | { readonly kind: "already_taken" }
  /** The row as it is now. `note`: what was unusual, for the log. */
  | { readonly kind: "stored"; readonly segment: StoredSegment; readonly note: string | null }
  /** The row as it was. */
  | { readonly kind: "removed"; readonly segment: StoredSegment }
  /** The segment's row is gone, and that it was deleted is noted. */
  | { readonly kind: "deleted"; readonly startMs: number; readonly endMs: number }
  /** The row says that its file lies on the share. */
  | { readonly kind: "moved" }
  /** The line stands in the camera's ledger. */
  | { readonly kind: "noted" }
  /** Nothing to do: the catalog says so already. */
  | { readonly kind: "unchanged" }
  /** It can never be stored, and trying again would not help; log `reason`. The file stays on the disk. */
  | { readonly kind: "refused"; readonly reason: string };

/** Applies the report and notes its sequence, in one transaction: after a crash anywhere both are there or neither is. */
export function takeReport({ db, traits }: CatalogContext, numbered: NumberedReport): Promise<ReportOutcome> {
  const { workerName, workerUuid, sequence } = numbered;
  return db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto("worker_progress")
      .values({ worker_name: workerName, worker_uuid: workerUuid, last_sequence: 0 })
      .onConflict((conflict) => conflict.column("worker_name").doNothing())
      .execute();
    const progress = await transaction
      .selectFrom("worker_progress")
      .selectAll()
      .where("worker_name", "=", workerName)
      .$if(traits.rowLocks, (query) => query.forUpdate())
      .executeTakeFirstOrThrow();
    if (progress.worker_uuid === workerUuid && sequence <= progress.last_sequence) return { kind: "already_taken" };
    const outcome = await apply(transaction, numbered);
    await transaction
      .updateTable("worker_progress")
      .set({ worker_uuid: workerUuid, last_sequence: sequence })
      .where("worker_name", "=", workerName)
      .execute();
    return outcome;
  });
}

/** Number of the last report that was taken of a worker's journal; 0: none of this journal. */
export async function lastTakenReport(db: Kysely<Schema>, workerName: string, workerUuid: string): Promise<number> {
  const progress = await db
    .selectFrom("worker_progress")
    .select("last_sequence")
    .where("worker_name", "=", workerName)
    .where("worker_uuid", "=", workerUuid)
    .executeTakeFirst();
  return progress?.last_sequence ?? 0;
}

async function apply(db: Kysely<Schema>, { tenantId, cameraId, report }: NumberedReport): Promise<ReportOutcome> {
  const camera = await db
    .selectFrom("cameras")
    .select("id")
    .where("id", "=", cameraId)
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  if (camera === undefined) return refused(report, `the catalog has no camera ${cameraId} of tenant ${tenantId}`);
  if (report.kind === "ledger_noted") return note(db, cameraId, report);
  const present = await segmentByName(db, cameraId, report.name);
  switch (report.kind) {
    case "segment_opened":
      return present !== undefined && present.state !== "open"
        ? { kind: "unchanged" }
        : store(db, report, present, openedSegment(cameraId, report));
    case "segment_closed":
      // Told once more by a copy that a crash has left.
      return store(db, report, present, { ...closedSegment(cameraId, report), onShare: present?.onShare ?? false });
    case "segment_gone":
      // Of one that was moved meanwhile it is only the copy.
      if (present === undefined || present.onShare) return { kind: "unchanged" };
      await replace(db, present, undefined);
      return { kind: "removed", segment: present };
    case "segment_moved":
      return moveRow(db, cameraId, present);
    case "segment_deleted":
      return deleteRow(db, cameraId, report, present);
  }
}

async function deleteRow(
  db: Kysely<Schema>,
  cameraId: number,
  { startMs, endMs, cause }: Omit<SegmentDeleted, "kind">,
  present: StoredSegment | undefined,
): Promise<ReportOutcome> {
  if (present !== undefined) await replace(db, present, undefined);
  await noteDeleted(db, cameraId, { startMs, endMs, cause });
  return { kind: "deleted", startMs, endMs };
}

/** The same without a report: by the server, in the place of a worker that there is not. It can be done twice. */
export function takeDeletion(
  { db }: CatalogContext,
  cameraId: number,
  deleted: Omit<SegmentDeleted, "kind">,
): Promise<ReportOutcome> {
  return db.transaction().execute(async (transaction) => {
    const present = await segmentByName(transaction, cameraId, deleted.name);
    return deleteRow(transaction, cameraId, deleted, present);
  });
}

/** The row of a segment whose file is not there goes. */
export async function takeGone(
  { db }: CatalogContext,
  cameraId: number,
  name: string,
  from: "disk" | "share" = "disk",
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const present = await segmentByName(transaction, cameraId, name);
    if (present?.onShare === (from === "share")) await replace(transaction, present, undefined);
  });
}

/** The file of a segment lies on the share. */
export async function takeMoved({ db }: CatalogContext, cameraId: number, name: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await moveRow(transaction, cameraId, await segmentByName(transaction, cameraId, name));
  });
}

async function moveRow(
  db: Kysely<Schema>,
  cameraId: number,
  present: StoredSegment | undefined,
): Promise<ReportOutcome> {
  if (present === undefined || present.state === "open") return { kind: "unchanged" };
  await db
    .updateTable("segments")
    .set({ on_share: 1 })
    .where("camera_id", "=", cameraId)
    .where("start_ms", "=", present.startMs)
    .execute();
  return { kind: "moved" };
}

function refused(report: Report, reason: string): ReportOutcome {
  const what = report.kind === "ledger_noted" ? `${report.atMs} ms` : report.name;
  return { kind: "refused", reason: `The report ${report.kind} of ${what} is not stored: ${reason}.` };
}

/** A line that cannot be one is refused: failing on it again and again would hold up every report behind it. */
async function note(db: Kysely<Schema>, cameraId: number, report: LedgerNoted): Promise<ReportOutcome> {
  const { atMs, state } = report;
  if (!Number.isSafeInteger(atMs)) return refused(report, "its time is no whole number of milliseconds");
  if (!isLedgerState(state)) return refused(report, `this version knows no such state (${JSON.stringify(state)})`);
  await writeLedgerEntry(db, cameraId, { atMs, state });
  return { kind: "noted" };
}

async function store(
  db: Kysely<Schema>,
  report: SegmentOpened | SegmentClosed,
  present: StoredSegment | undefined,
  wanted: StoredSegment,
): Promise<ReportOutcome> {
  const nameMs = segmentNameStartMs(wanted.name);
  if (nameMs === null || Math.abs(wanted.startMs - nameMs) > NAME_TOLERANCE_MS - 1000)
    return refused(report, `its name does not tell its start (${wanted.startMs} ms)`);
  const startMs = await freeStart(db, wanted);
  const segment = { ...wanted, startMs, endMs: Math.max(wanted.endMs, startMs) };
  await replace(db, present, segment);
  if (report.kind === "segment_closed" && report.outline !== undefined) {
    const outline = Buffer.from(report.outline, "base64");
    await db
      .insertInto("segment_outlines")
      .values({ camera_id: wanted.cameraId, start_ms: startMs, outline })
      .execute();
  }
  const note =
    startMs === wanted.startMs
      ? null
      : `Another segment of camera ${wanted.cameraId} begins at ${wanted.startMs} ms too: ${wanted.name} is kept as beginning ${startMs - wanted.startMs} ms later.`;
  return { kind: "stored", segment, note };
}

/** The start is half of the key, and no footage may be lost to a collision: the later report moves on by the few milliseconds needed. */
async function freeStart(db: Kysely<Schema>, wanted: StoredSegment): Promise<number> {
  for (let startMs = wanted.startMs; ; startMs++) {
    const other = await db
      .selectFrom("segments")
      .select("name")
      .where("camera_id", "=", wanted.cameraId)
      .where("start_ms", "=", startMs)
      .executeTakeFirst();
    if (other === undefined || other.name === wanted.name) return startMs;
  }
}

/** Puts `next` in the place of `before`, and the difference into the camera's totals. */
async function replace(db: Kysely<Schema>, before: StoredSegment | undefined, next: StoredSegment | undefined) {
  if (before !== undefined) {
    await db
      .deleteFrom("segments")
      .where("camera_id", "=", before.cameraId)
      .where("start_ms", "=", before.startMs)
      .execute();
  }
  if (next !== undefined) await db.insertInto("segments").values(segmentColumns(next)).execute();
  const cameraId = next?.cameraId ?? before?.cameraId;
  if (cameraId !== undefined) await addToTotals(db, cameraId, difference(share(next), share(before)));
}

interface Share {
  readonly segment_count: number;
  readonly size_bytes: number;
  readonly duration_ms: number;
}

/** What a segment adds to the totals: nothing until it is closed. */
function share(segment: StoredSegment | undefined): Share {
  if (segment === undefined || segment.state === "open") return { segment_count: 0, size_bytes: 0, duration_ms: 0 };
  return { segment_count: 1, size_bytes: segment.sizeBytes, duration_ms: segment.endMs - segment.startMs };
}

function difference(a: Share, b: Share): Share {
  return {
    segment_count: a.segment_count - b.segment_count,
    size_bytes: a.size_bytes - b.size_bytes,
    duration_ms: a.duration_ms - b.duration_ms,
  };
}

async function addToTotals(db: Kysely<Schema>, cameraId: number, added: Share): Promise<void> {
  await db
    .insertInto("segment_totals")
    .values({ camera_id: cameraId, ...added })
    .onConflict((conflict) =>
      conflict.column("camera_id").doUpdateSet((row) => ({
        segment_count: row("segment_totals.segment_count", "+", added.segment_count),
        size_bytes: row("segment_totals.size_bytes", "+", added.size_bytes),
        duration_ms: row("segment_totals.duration_ms", "+", added.duration_ms),
      })),
    )
    .execute();
}

/** The row of a segment that was begun. */
export function openedSegment(cameraId: number, report: SegmentOpened): StoredSegment {
  return {
    cameraId,
    startMs: report.startMs,
    endMs: report.startMs,
    name: report.name,
    runId: report.runId,
    number: report.number,
    sizeBytes: 0,
    state: "open",
    kind: report.recordingKind,
    payloadSha256: null,
    onShare: false,
  };
}

/** The row of a segment that was closed. */
export function closedSegment(cameraId: number, report: SegmentClosed): StoredSegment {
  return {
    cameraId,
    startMs: report.startMs,
    endMs: report.endMs,
    name: report.name,
    runId: report.runId,
    number: report.number,
    sizeBytes: report.sizeBytes,
    state: report.state,
    kind: report.recordingKind,
    payloadSha256: report.payloadSha256,
    onShare: false,
  };
}

/** A segment as the table keeps it. */
export function segmentColumns(segment: StoredSegment): Insertable<Schema["segments"]> {
  return {
    camera_id: segment.cameraId,
    start_ms: segment.startMs,
    end_ms: segment.endMs,
    name: segment.name,
    run_id: segment.runId,
    number: segment.number,
    size_bytes: segment.sizeBytes,
    state: segment.state,
    kind: segment.kind,
    payload_sha256: segment.payloadSha256 === null ? null : Buffer.from(segment.payloadSha256, "hex"),
    on_share: segment.onShare ? 1 : 0,
  };
}
