import type { RecordingOverrides } from "@nightjar/api/camera";
import type { Selectable } from "kysely";
import { NightjarError } from "../base/error.ts";
import { effectiveRecording } from "../recording/camera-settings.ts";
import type { ScheduleWindow } from "../recording/schedule.ts";
import { isUniqueViolation } from "./database-error.ts";
import { cursorPosition, type Page, type PageRequest, pageOf } from "./page.ts";
import { recordingDefaults } from "./recording-defaults.ts";
import type { Schema } from "./schema.ts";
import type { TenantHandle } from "./tenant-handle.ts";

export interface ScheduleInput {
  readonly name: string;
  readonly windows: readonly ScheduleWindow[];
}

export interface StoredSchedule extends ScheduleInput {
  readonly id: number;
}

/** What became of the wish to remove a schedule. */
export type ScheduleRemoval =
  | { readonly kind: "removed"; readonly schedule: StoredSchedule }
  /** It stays: these cameras record by it (or would in mode `scheduled`), or it is the default one. */
  | {
      readonly kind: "in_use";
      readonly cameras: readonly { readonly id: number; readonly name: string }[];
      readonly isDefault: boolean;
    }
  | { readonly kind: "unknown" };

/** The schedules of one tenant. A name in use throws `conflict`. */
export interface ScheduleQueries {
  /** By id. */
  list(page: PageRequest): Promise<Page<StoredSchedule>>;
  /** undefined: no such schedule. */
  get(id: number): Promise<StoredSchedule | undefined>;
  create(input: ScheduleInput): Promise<StoredSchedule>;
  /** undefined: no such schedule. */
  update(
    id: number,
    change: Partial<ScheduleInput>,
  ): Promise<{ readonly before: StoredSchedule; readonly after: StoredSchedule } | undefined>;
  remove(id: number): Promise<ScheduleRemoval>;
}

/** The schedule queries of a tenant. */
export function scheduleQueries(handle: TenantHandle): ScheduleQueries {
  return {
    async list(page) {
      const rows = await handle
        .select("schedules")
        .selectAll()
        .where("id", ">", cursorPosition(page) ?? 0)
        .orderBy("id")
        .limit(page.limit + 1)
        .execute();
      return pageOf(rows.map(stored), page, (schedule) => schedule.id);
    },
    get: (id) => find(handle, id),
    async create(input) {
      const inserted = handle.insert("schedules", columns(input)).returningAll().executeTakeFirstOrThrow();
      return stored(await nameInUse(input.name, inserted));
    },
    update: (id, change) => handle.transaction((transaction) => update(transaction, id, change)),
    remove: (id) => handle.transaction((transaction) => remove(transaction, id)),
  };
}

async function find(handle: TenantHandle, id: number): Promise<StoredSchedule | undefined> {
  const row = await handle.select("schedules").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : stored(row);
}

async function update(handle: TenantHandle, id: number, change: Partial<ScheduleInput>) {
  const row = await handle.selectForUpdate("schedules").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const before = stored(row);
  const wanted = { ...before, ...change };
  const updated = handle
    .update("schedules")
    .set(columns(wanted))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { before, after: stored(await nameInUse(wanted.name, updated)) };
}

/** With the tenant locked, as cameras are when they are given a schedule: it must not be taken away at that moment. */
async function remove(handle: TenantHandle, id: number): Promise<ScheduleRemoval> {
  await handle.lockTenant();
  const schedule = await find(handle, id);
  if (schedule === undefined) return { kind: "unknown" };
  const { recording: defaults } = await recordingDefaults(handle, { lock: true });
  const rows = await handle
    .select("cameras")
    .select(["id", "name", "recording"])
    .where("deleted_at_ms", "is", null)
    .orderBy("id")
    .execute();
  const users = rows.filter((row) => {
    const own = JSON.parse(row.recording) as RecordingOverrides;
    const { mode, schedule_id } = effectiveRecording(own, defaults);
    return own.schedule_id === id || (mode === "scheduled" && schedule_id === id);
  });
  const isDefault = defaults.schedule_id === id;
  if (users.length > 0 || isDefault)
    return { kind: "in_use", cameras: users.map((row) => ({ id: row.id, name: row.name })), isDefault };
  await handle.delete("schedules").where("id", "=", id).execute();
  return { kind: "removed", schedule };
}

/** Says a refused name in words. */
async function nameInUse<T>(name: string, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new NightjarError("conflict", `There is a schedule named ${name} already; choose another name.`, { cause });
  }
}

function columns({ name, windows }: ScheduleInput): { name: string; windows: string } {
  return { name, windows: JSON.stringify(windows) };
}

function stored(row: Selectable<Schema["schedules"]>): StoredSchedule {
  return { id: row.id, name: row.name, windows: JSON.parse(row.windows) as ScheduleWindow[] };
}
