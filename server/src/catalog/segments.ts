import type { RecordingKind } from "@nightjar/api/camera";
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from "kysely";
import type { PlannedSegment } from "../footage/deletion-plan.ts";
import { segmentNameStartMs } from "../recording/segment-name.ts";
import type { OwnedCamera } from "./cameras.ts";
import type { JsonTraits } from "./dialects/dialect.ts";
import { keepOutlines, type MadeOutline } from "./outlines.ts";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { CatalogContext } from "./tenant-handle.ts";

/** What the catalog knows of one segment file. Times are UTC milliseconds of its first sample and of the end of its last. */
export interface StoredSegment {
  readonly cameraId: number;
  readonly startMs: number;
  /** Of an open segment: its start, because only its worker knows how far it has come. */
  readonly endMs: number;
  readonly name: string;
  readonly runId: string;
  /** Place in the run, from 0. */
  readonly number: number;
  /** Of an open segment: 0. */
  readonly sizeBytes: number;
  readonly state: "open" | "closed" | "repaired";
  readonly kind: RecordingKind;
  /** Lower-case hexadecimal; null while open. */
  readonly payloadSha256: string | null;
  /** Its file lies on the network share, and no longer on the disk. */
  readonly onShare: boolean;
}

/** With what a playlist needs of it; null: not known, the file tells. */
export interface OutlinedSegment extends StoredSegment {
  readonly outline: Uint8Array | null;
}

/** Half-open: `startMs` ≤ t < `endMs`. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface SegmentSpan extends Span {
  readonly kind: RecordingKind;
}

export interface SegmentTotals {
  readonly count: number;
  readonly sizeBytes: number;
  readonly durationMs: number;
}

/**
 * The segments of one camera. A span selects the segments that overlap it; an open segment counts as reaching on without end, so the
 * caller (who asks its worker for the real end) must drop it where it ends too early.
 */
export interface SegmentQueries {
  /** Oldest first; without a bound, from the first or to the last. */
  list(span: Partial<Span>, page: PageRequest): Promise<Page<StoredSegment>>;
  /** All of a span, oldest first. The caller bounds the span. */
  within(span: Span): Promise<readonly StoredSegment[]>;
  /** The same for a playlist. */
  outlined(span: Span): Promise<readonly OutlinedSegment[]>;
  /** Keeps outlines of segments whose rows still tell of the same bytes. */
  keepOutlines(made: readonly MadeOutline[]): Promise<void>;
  /** The same with only what the timeline needs. */
  spans(span: Span): Promise<readonly (SegmentSpan & { readonly open: boolean })[]>;
  /** How much footage of closed segments lies in each of some spans, milliseconds. For the calendar. */
  footageMs(spans: readonly Span[]): Promise<readonly number[]>;
  byName(name: string): Promise<StoredSegment | undefined>;
  /** The last one that starts before `startMs`. */
  before(startMs: number): Promise<StoredSegment | undefined>;
  /** The first one that starts after `startMs`. */
  after(startMs: number): Promise<StoredSegment | undefined>;
  /** Sums over all closed segments, read from one row whatever their number. */
  totals(): Promise<SegmentTotals>;
}

/** A segment's name tells its start this well at least; what is further off is not stored, so that names need no index of their own. */
export const NAME_TOLERANCE_MS = 60_000;

/** The segment queries of a camera. */
export function segmentQueries(context: CatalogContext, camera: OwnedCamera): SegmentQueries {
  const { db } = context;
  const own = () => db.selectFrom("segments").where("camera_id", "=", camera.id);
  const overlapping = (span: Partial<Span>) =>
    own()
      .$if(span.endMs !== undefined, (query) => query.where("start_ms", "<", span.endMs ?? 0))
      .$if(span.startMs !== undefined, (query) => query.where(reachesInto(camera.id, span.startMs ?? 0)))
      .orderBy("start_ms");
  return {
    async list(span, page) {
      const rows = await overlapping(span)
        .selectAll()
        .where("start_ms", ">", cursorPosition(page) ?? Number.MIN_SAFE_INTEGER)
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows.map(segmentOf), page, (segment) => segment.startMs);
    },
    within: async (span) => (await overlapping(span).selectAll().execute()).map(segmentOf),
    outlined: (span) => outlined(context, camera, overlapping(span).selectAll()),
    keepOutlines: (made) => keepOutlines(context, made),
    async spans(span) {
      const rows = await overlapping(span).select(["start_ms", "end_ms", "kind", "state"]).execute();
      return rows.map((row) => ({
        startMs: row.start_ms,
        endMs: row.end_ms,
        kind: row.kind,
        open: row.state === "open",
      }));
    },
    footageMs: (spans) => footageMs(db, camera.id, spans),
    byName: (name) => segmentByName(db, camera.id, name),
    async before(startMs) {
      const query = own().selectAll().where("start_ms", "<", startMs).orderBy("start_ms", "desc");
      return optionalSegment(await query.limit(1).executeTakeFirst());
    },
    async after(startMs) {
      const query = own().selectAll().where("start_ms", ">", startMs).orderBy("start_ms");
      return optionalSegment(await query.limit(1).executeTakeFirst());
    },
    async totals() {
      const row = await db
        .selectFrom("segment_totals")
        .selectAll()
        .where("camera_id", "=", camera.id)
        .executeTakeFirst();
      return {
        count: row?.segment_count ?? 0,
        sizeBytes: row?.size_bytes ?? 0,
        durationMs: row?.duration_ms ?? 0,
      };
    },
  };
}

type SelectedSegments = SelectQueryBuilder<Schema, "segments", Selectable<Schema["segments"]>>;

/** Oldest first. */
async function outlined(
  { db, traits }: CatalogContext,
  camera: OwnedCamera,
  segments: SelectedSegments,
): Promise<readonly OutlinedSegment[]> {
  if (traits.json !== null) return outlinedByJson(db, traits.json, camera, segments);
  const outline = sql<Uint8Array | null>`(select outline from segment_outlines
    where segment_outlines.camera_id = segments.camera_id and segment_outlines.start_ms = segments.start_ms)`;
  const rows = await segments.select(outline.as("outline")).execute();
  return rows.map((row) => ({ ...segmentOf(row), outline: row.outline }));
}

async function outlinedByJson(
  db: Kysely<Schema>,
  json: JsonTraits,
  camera: OwnedCamera,
  segments: SelectedSegments,
): Promise<readonly OutlinedSegment[]> {
  const outline = `(select ${json.hex("outline")} from segment_outlines
    where segment_outlines.camera_id = ordered.camera_id and segment_outlines.start_ms = ordered.start_ms)`;
  const columns = `start_ms, end_ms, name, run_id, number, size_bytes, state, kind, ${json.hex("payload_sha256")}, on_share, ${outline}`;
  const { rows } = await db
    .selectFrom(segments.as("ordered"))
    .select(sql<string | null>`${sql.raw(json.rows(columns))}`.as("rows"))
    .executeTakeFirstOrThrow();
  const found: readonly OutlinedRow[] = JSON.parse(rows ?? "[]");
  return found.map(([startMs, endMs, name, runId, number, sizeBytes, state, kind, sha256, onShare, hex]) => ({
    ...{ cameraId: camera.id, startMs, endMs, name, runId, number, sizeBytes, state, kind },
    // Of none SQLite makes a text without characters.
    payloadSha256: sha256 ? sha256.toLowerCase() : null,
    onShare: onShare === 1,
    outline: hex ? Buffer.from(hex, "hex") : null,
  }));
}

type OutlinedRow = readonly [
  startMs: number,
  endMs: number,
  name: string,
  runId: string,
  number: number,
  sizeBytes: number,
  state: StoredSegment["state"],
  kind: RecordingKind,
  payloadSha256: string | null,
  onShare: number,
  outline: string | null,
];

/**
 * A month has ten thousand segments, and the driver takes longer to hand them over than the database to read them: they are summed up where
 * they are. Segments of a camera never overlap; should a damaged catalog say so, a span is full at the most.
 */
async function footageMs(db: Kysely<Schema>, cameraId: number, spans: readonly Span[]): Promise<readonly number[]> {
  if (spans.length === 0) return [];
  const values = spans.map(
    ({ startMs, endMs }, place) => sql`(${sql.lit(place)}, cast(${startMs} as bigint), cast(${endMs} as bigint))`,
  );
  const { rows } = await sql<{ place: number; ms: number | null }>`
    with spans (place, from_ms, to_ms) as (values ${sql.join(values)})
    select place, (
      select sum(case when end_ms < to_ms then end_ms else to_ms end
        - case when start_ms > from_ms then start_ms else from_ms end)
      from segments
      where camera_id = ${cameraId} and start_ms < to_ms and end_ms > from_ms
        and start_ms >= coalesce((
          select max(before.start_ms) from segments before
          where before.camera_id = ${cameraId} and before.start_ms <= from_ms), from_ms)
    ) as ms from spans`.execute(db);
  const found = new Map(rows.map(({ place, ms }) => [Number(place), Number(ms ?? 0)]));
  return spans.map(({ startMs, endMs }, place) => Math.min(found.get(place) ?? 0, endMs - startMs));
}

/** The oldest segments of a camera behind `afterMs`, as many as asked for: what deletion begins with. */
export async function oldestSegments(
  db: Kysely<Schema>,
  cameraId: number,
  page: { readonly afterMs: number; readonly count: number },
): Promise<PlannedSegment[]> {
  const rows = await db
    .selectFrom("segments")
    .select(["name", "start_ms", "end_ms", "size_bytes", "state", "on_share"])
    .where("camera_id", "=", cameraId)
    .where("start_ms", ">", page.afterMs)
    .orderBy("start_ms")
    .limit(page.count)
    .execute();
  return rows.map((row) => ({
    cameraId,
    name: row.name,
    startMs: row.start_ms,
    endMs: row.end_ms,
    sizeBytes: row.size_bytes,
    open: row.state === "open",
    onShare: row.on_share === 1,
  }));
}

/** Whether any segment lies on the share. */
export async function hasFootageOnShare(db: Kysely<Schema>): Promise<boolean> {
  const row = await db.selectFrom("segments").select("camera_id").where("on_share", "=", 1).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** What the footage of a camera takes, and how old it is. */
export interface CameraUsage extends SegmentTotals {
  readonly cameraId: number;
  /** Where its oldest segment begins and its newest ends; null: it has none. */
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
}

/** Of every camera that ever had footage; each costs three rows, however many segments there are. */
export async function usageByCamera(db: Kysely<Schema>): Promise<readonly CameraUsage[]> {
  const edge = (column: "start_ms" | "end_ms", direction: "asc" | "desc") =>
    sql<number | null>`(select ${sql.ref(column)} from segments where segments.camera_id = segment_totals.camera_id
      order by start_ms ${sql.raw(direction)} limit 1)`;
  const rows = await db
    .selectFrom("segment_totals")
    .selectAll()
    .select([edge("start_ms", "asc").as("oldest_ms"), edge("end_ms", "desc").as("newest_ms")])
    .orderBy("camera_id")
    .execute();
  return rows.map((row) => ({
    cameraId: row.camera_id,
    count: row.segment_count,
    sizeBytes: row.size_bytes,
    durationMs: row.duration_ms,
    oldestMs: row.oldest_ms,
    newestMs: row.newest_ms,
  }));
}

/** Bytes of the closed segments of a camera that touch a span. */
export async function bytesTouching(db: Kysely<Schema>, cameraId: number, span: Span): Promise<number> {
  const { bytes } = await db
    .selectFrom("segments")
    .select(sql<number>`cast(coalesce(sum(size_bytes), 0) as bigint)`.as("bytes"))
    .where("camera_id", "=", cameraId)
    .where("state", "<>", "open")
    .where("start_ms", "<", span.endMs)
    .where(reachesInto(cameraId, span.startMs))
    .executeTakeFirstOrThrow();
  return bytes;
}

/** Whether any camera has a segment, open or closed. */
export async function hasFootage(db: Kysely<Schema>): Promise<boolean> {
  return (await db.selectFrom("segments").select("camera_id").limit(1).executeTakeFirst()) !== undefined;
}

/** Bytes of the closed segments of a camera that begin in a span. */
export async function bytesBegunIn(db: Kysely<Schema>, cameraId: number, span: Span): Promise<number> {
  const { bytes } = await db
    .selectFrom("segments")
    .select(sql<number>`cast(coalesce(sum(size_bytes), 0) as bigint)`.as("bytes"))
    .where("camera_id", "=", cameraId)
    .where("start_ms", ">=", span.startMs)
    .where("start_ms", "<", span.endMs)
    .executeTakeFirstOrThrow();
  return bytes;
}

/** What the totals of these segments must be. Pure. */
export function sumOf(segments: readonly StoredSegment[]): SegmentTotals {
  const closed = segments.filter((segment) => segment.state !== "open");
  return {
    count: closed.length,
    sizeBytes: closed.reduce((sum, segment) => sum + segment.sizeBytes, 0),
    durationMs: closed.reduce((sum, segment) => sum + segment.endMs - segment.startMs, 0),
  };
}

/** The same over all cameras of all tenants, removed ones too: one row a camera. */
export async function footageTotals(db: Kysely<Schema>): Promise<SegmentTotals> {
  const total = (column: string) => sql<number>`cast(coalesce(sum(${sql.ref(column)}), 0) as bigint)`;
  const { count, size_bytes, duration_ms } = await db
    .selectFrom("segment_totals")
    .select([
      total("segment_count").as("count"),
      total("size_bytes").as("size_bytes"),
      total("duration_ms").as("duration_ms"),
    ])
    .executeTakeFirstOrThrow();
  return { count, sizeBytes: size_bytes, durationMs: duration_ms };
}

/** The segment with this name, found by the time that the name tells. */
export async function segmentByName(
  db: Kysely<Schema>,
  cameraId: number,
  name: string,
): Promise<StoredSegment | undefined> {
  const nameMs = segmentNameStartMs(name);
  if (nameMs === null) return undefined;
  const row = await db
    .selectFrom("segments")
    .selectAll()
    .where("camera_id", "=", cameraId)
    .where("start_ms", ">=", nameMs - NAME_TOLERANCE_MS)
    .where("start_ms", "<=", nameMs + NAME_TOLERANCE_MS)
    .where("name", "=", name)
    .executeTakeFirst();
  return optionalSegment(row);
}

/**
 * Segments of a camera never overlap, so of those that begin at or before `startMs` only the last can reach beyond it. Saying so keeps
 * the search inside the span instead of going back to the camera's first segment.
 */
function reachesInto(cameraId: number, startMs: number) {
  return sql<boolean>`start_ms >= coalesce(
    (select max(start_ms) from segments where camera_id = ${cameraId} and start_ms <= ${startMs}), ${startMs})
    and (end_ms > ${startMs} or state = 'open')`;
}

function optionalSegment(row: Selectable<Schema["segments"]> | undefined): StoredSegment | undefined {
  return row === undefined ? undefined : segmentOf(row);
}

function segmentOf(row: Selectable<Schema["segments"]>): StoredSegment {
  return {
    cameraId: row.camera_id,
    startMs: row.start_ms,
    endMs: row.end_ms,
    name: row.name,
    runId: row.run_id,
    number: row.number,
    sizeBytes: row.size_bytes,
    state: row.state,
    kind: row.kind,
    payloadSha256: row.payload_sha256 === null ? null : Buffer.from(row.payload_sha256).toString("hex"),
    onShare: row.on_share === 1,
  };
}
