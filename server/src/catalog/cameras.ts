import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { AudioSettings, RecordingOverrides, StorageOverrides } from "@nightjar/api/camera";
import type { Insertable, Kysely, Selectable } from "kysely";
import { effectiveRecording, lacksAddress, lacksSchedule } from "../recording/camera-settings.ts";
import { invalidField } from "./invalid-field.ts";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import { hasSchedule, NO_SUCH_SCHEDULE, recordingDefaults, SCHEDULE_NEEDED } from "./recording-defaults.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";

/** The writable part of a camera as it is kept. */
export interface CameraInput {
  readonly name: string;
  readonly groupId: number | null;
  readonly enabled: boolean;
  readonly timeZone: string;
  readonly streams: { readonly main: { readonly url: string }; readonly sub: { readonly url: string } | null };
  readonly username: string | null;
  /** Sealed by the caller; the catalog never sees the password itself. */
  readonly passwordSealed: string | null;
  readonly transport: "tcp" | "udp";
  readonly recording: RecordingOverrides;
  readonly audio: AudioSettings | null;
  readonly storage?: StorageOverrides;
}

export interface StoredCamera extends CameraInput {
  readonly storage: StorageOverrides;
  readonly id: number;
  readonly tenantId: number;
  /** Names the camera in its footage, for ever. */
  readonly uuid: string;
  readonly createdAtMs: number;
  /** Set once it was removed: its footage stays playable, and its id is never given to another. */
  readonly deletedAtMs: number | null;
  /** It was removed together with its footage, which goes as soon as it can. */
  readonly footageUnwanted: boolean;
}

/** A camera before and after a change. */
export interface CameraUpdate {
  readonly before: OwnedCamera;
  readonly after: OwnedCamera;
}

/** What became of a change to many cameras: all were changed, or none because some are `missing`. */
export type CamerasUpdate =
  | { readonly kind: "changed"; readonly cameras: readonly CameraUpdate[] }
  | { readonly kind: "missing"; readonly ids: readonly number[] };

const ADDRESS_NEEDED =
  "must be given first: the camera was brought back from its footage, which does not tell its address";

declare const ownedCamera: unique symbol;
/** A camera that was found through its tenant. Only `catalog.tenant(…).cameras` makes it, and only it opens the way to segments. */
export type OwnedCamera = StoredCamera & { readonly [ownedCamera]: true };

/** The cameras of one tenant. Cameras of others do not exist here. */
export interface CameraQueries {
  /** By id. Removed ones only when asked for. */
  list(page: PageRequest, which?: { readonly includeDeleted?: boolean }): Promise<Page<OwnedCamera>>;
  /** undefined: no such camera, or removed (unless asked for), or of another tenant. */
  get(id: number, which?: { readonly includeDeleted?: boolean }): Promise<OwnedCamera | undefined>;
  /** Throws `invalid_field` when group or schedule do not exist, or when mode `scheduled` has no schedule. */
  create(input: CameraInput): Promise<OwnedCamera>;
  /**
   * Reads the camera and writes what `change` makes of it, in one transaction, so that two changes at once cannot undo each other.
   * undefined: no such camera. Throws what `change` throws, what `create` does, and `invalid_field` when a camera without an address is
   * to be enabled.
   */
  update(id: number, change: (present: OwnedCamera) => Partial<CameraInput>): Promise<CameraUpdate | undefined>;
  /** The same for many, all of them or none, ordered by id. */
  updateMany(ids: readonly number[], change: (present: OwnedCamera) => Partial<CameraInput>): Promise<CamerasUpdate>;
  /** Marks it as removed, `withFootage` its footage as unwanted too; answers the camera as it was left, or undefined when there is none (any more). */
  remove(id: number, how?: { readonly withFootage: boolean }): Promise<OwnedCamera | undefined>;
}

/** The camera queries of a tenant. */
export function cameraQueries(handle: TenantHandle): CameraQueries {
  const get: CameraQueries["get"] = async (id, which) => {
    const row = await handle.select("cameras").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined || (row.deleted_at_ms !== null && which?.includeDeleted !== true)) return undefined;
    return owned(row);
  };
  return {
    get,
    async list(page, which) {
      const rows = await handle
        .select("cameras")
        .selectAll()
        .where("id", ">", cursorPosition(page) ?? 0)
        .$if(which?.includeDeleted !== true, (query) => query.where("deleted_at_ms", "is", null))
        .orderBy("id")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows.map(owned), page, (camera) => camera.id);
    },
    create: (input) => handle.transaction((transaction) => create(transaction, input)),
    update: (id, change) =>
      handle.transaction(async (transaction) => {
        await transaction.lockTenant();
        return update(transaction, id, change);
      }),
    updateMany: (ids, change) => updateMany(handle, ids, change),
    async remove(id, how) {
      const row = await handle
        .update("cameras")
        .set({ deleted_at_ms: handle.clock.nowMs(), footage_unwanted: how?.withFootage ? 1 : 0 })
        .where("id", "=", id)
        .where("deleted_at_ms", "is", null)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : owned(row);
    },
  };
}

/** All cameras that shall have a worker, of every tenant. */
export async function enabledCameras(db: Kysely<Schema>): Promise<readonly StoredCamera[]> {
  const rows = await db
    .selectFrom("cameras")
    .selectAll()
    .where("enabled", "=", 1)
    .where("deleted_at_ms", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(stored);
}

/** All cameras of every tenant, removed ones too: their footage is there until it is deleted. */
export async function everyCamera(db: Kysely<Schema>): Promise<readonly StoredCamera[]> {
  const rows = await db.selectFrom("cameras").selectAll().orderBy("id").execute();
  return rows.map(stored);
}

/** All cameras that are not removed, of every tenant. */
export async function allCameras(db: Kysely<Schema>): Promise<readonly StoredCamera[]> {
  const rows = await db.selectFrom("cameras").selectAll().where("deleted_at_ms", "is", null).orderBy("id").execute();
  return rows.map(stored);
}

async function create(handle: TenantHandle, input: CameraInput): Promise<OwnedCamera> {
  await requireGroup(handle, input.groupId);
  await requireSchedule(handle, input.recording);
  const row = await handle
    .insert("cameras", { ...columns(input), uuid: randomUUID(), created_at_ms: handle.clock.nowMs() })
    .returningAll()
    .executeTakeFirstOrThrow();
  return owned(row);
}

/** With the tenant locked before any camera: the other way round, one change that needs both could wait for another, and that for it. */
async function update(
  handle: TenantHandle,
  id: number,
  change: (present: OwnedCamera) => Partial<CameraInput>,
): Promise<CameraUpdate | undefined> {
  const row = await handle
    .selectForUpdate("cameras")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at_ms", "is", null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const before = owned(row);
  const wanted: CameraInput = { ...before, ...change(before) };
  if (wanted.enabled && lacksAddress(wanted)) throw invalidField("streams.main.url", ADDRESS_NEEDED);
  if (wanted.groupId !== before.groupId) await requireGroup(handle, wanted.groupId);
  if (!isDeepStrictEqual(wanted.recording, before.recording)) await requireSchedule(handle, wanted.recording);
  const changed = await handle
    .update("cameras")
    .set(columns(wanted))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { before, after: owned(changed) };
}

async function updateMany(
  handle: TenantHandle,
  ids: readonly number[],
  change: (present: OwnedCamera) => Partial<CameraInput>,
): Promise<CamerasUpdate> {
  const ordered = [...new Set(ids)].sort((a, b) => a - b);
  try {
    return await handle.transaction(async (transaction) => {
      await transaction.lockTenant();
      const cameras: CameraUpdate[] = [];
      const missing: number[] = [];
      for (const id of ordered) {
        const updated = await update(transaction, id, change);
        if (updated === undefined) missing.push(id);
        else cameras.push(updated);
      }
      if (missing.length > 0) throw new MissingCameras(missing);
      return { kind: "changed", cameras };
    });
  } catch (error) {
    if (error instanceof MissingCameras) return { kind: "missing", ids: error.ids };
    throw error;
  }
}

/** Ends the transaction without a change. */
class MissingCameras extends Error {
  readonly ids: readonly number[];

  constructor(ids: readonly number[]) {
    super("some of the cameras do not exist");
    this.ids = ids;
  }
}

/** A group of another tenant would satisfy the foreign key. */
async function requireGroup(handle: TenantHandle, groupId: number | null): Promise<void> {
  if (groupId === null) return;
  const group = await handle.select("camera_groups").select("id").where("id", "=", groupId).executeTakeFirst();
  if (group === undefined)
    throw invalidField("group_id", "is not a group that exists; list the groups or leave it null");
}

/** With the tenant and the defaults locked: the schedule that is found here must not be taken away before this is committed. */
async function requireSchedule(handle: TenantHandle, own: RecordingOverrides): Promise<void> {
  const scheduleId = own.schedule_id ?? null;
  if (scheduleId === null && own.mode !== "scheduled") return;
  await handle.lockTenant();
  if (scheduleId !== null && !(await hasSchedule(handle, scheduleId)))
    throw invalidField("recording.schedule_id", NO_SUCH_SCHEDULE);
  const { recording: defaults } = await recordingDefaults(handle, { lock: true });
  if (lacksSchedule(effectiveRecording(own, defaults))) throw invalidField("recording.schedule_id", SCHEDULE_NEEDED);
}

type CameraRow = Selectable<Schema["cameras"]>;

function columns(input: CameraInput): Omit<Insertable<Schema["cameras"]>, "tenant_id" | "uuid" | "created_at_ms"> {
  return {
    name: input.name,
    group_id: input.groupId,
    enabled: input.enabled ? 1 : 0,
    time_zone: input.timeZone,
    streams: JSON.stringify(input.streams),
    username: input.username,
    password_sealed: input.passwordSealed,
    transport: input.transport,
    recording: JSON.stringify(input.recording),
    audio: input.audio === null ? null : JSON.stringify(input.audio),
    storage: JSON.stringify(input.storage ?? {}),
  };
}

function stored(row: CameraRow): StoredCamera {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    uuid: row.uuid,
    name: row.name,
    groupId: row.group_id,
    enabled: row.enabled === 1,
    timeZone: row.time_zone,
    streams: JSON.parse(row.streams) as CameraInput["streams"],
    username: row.username,
    passwordSealed: row.password_sealed,
    transport: row.transport,
    recording: JSON.parse(row.recording) as RecordingOverrides,
    audio: row.audio === null ? null : (JSON.parse(row.audio) as AudioSettings),
    storage: JSON.parse(row.storage) as StorageOverrides,
    createdAtMs: row.created_at_ms,
    deletedAtMs: row.deleted_at_ms,
    footageUnwanted: row.footage_unwanted === 1,
  };
}

/** Only for rows that a tenant's handle has read. */
function owned(row: CameraRow): OwnedCamera {
  return stored(row) as OwnedCamera;
}
