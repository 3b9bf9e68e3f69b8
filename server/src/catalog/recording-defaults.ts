import type { RecordingOverrides } from "@nightjar/api/camera";
import type { Kysely } from "kysely";
import { NightjarError } from "../base/error.ts";
import {
  type CameraDefaults,
  defaultsWithoutSchedule,
  effectiveRecording,
  lacksSchedule,
} from "../recording/camera-settings.ts";
import { type ChangedDefaults, changedDefaults, resolvedDefaults } from "./changed-defaults.ts";
import { invalidField } from "./invalid-field.ts";
import { nameSome } from "./name-some.ts";
import { recordingRules } from "./recording-rules.ts";
import type { Schema } from "./schema.ts";
import { type CatalogContext, type TenantHandle, tenantHandle } from "./tenant-handle.ts";

/** What cameras inherit: one for the whole installation, as it holds for the cameras of one tenant. */
export interface RecordingDefaultsQueries {
  get(): Promise<CameraDefaults>;
  /**
   * Writes what `change` makes of the present ones, in one transaction. Throws `invalid_field` for a schedule that the tenant has not, and
   * for mode `scheduled` without one; `conflict` where cameras that record by the default schedule would be left without one.
   */
  update(
    change: (present: ChangedDefaults) => ChangedDefaults,
  ): Promise<{ readonly before: CameraDefaults; readonly after: CameraDefaults }>;
}

/** The recording defaults as a tenant sees them. */
export function recordingDefaultsQueries(context: CatalogContext, tenantId: number): RecordingDefaultsQueries {
  return {
    get: () => recordingDefaults(tenantHandle(context, tenantId)),
    update: (change) =>
      context.db.transaction().execute(async (db) => {
        const handle = tenantHandle({ ...context, db }, tenantId);
        await handle.lockTenant();
        return update(db, handle, change);
      }),
  };
}

/** What the tenant's cameras inherit. `lock`: nobody changes it before the end of this transaction. */
export async function recordingDefaults(
  handle: TenantHandle,
  how: { readonly lock?: boolean } = {},
): Promise<CameraDefaults> {
  if (how.lock) await lockSettings(handle);
  return forTenant(handle, resolvedDefaults(await changedDefaults(handle.selectSettings())));
}

/** An update locks the row on both databases. */
async function lockSettings(handle: TenantHandle): Promise<void> {
  await handle
    .updateSettings()
    .set((row) => ({ recording: row.ref("recording") }))
    .execute();
}

async function forTenant(handle: TenantHandle, defaults: CameraDefaults): Promise<CameraDefaults> {
  const { schedule_id } = defaults.recording;
  return schedule_id === null || (await hasSchedule(handle, schedule_id))
    ? defaults
    : defaultsWithoutSchedule(defaults);
}

/** Whether the tenant has such a schedule. */
export async function hasSchedule(handle: TenantHandle, scheduleId: number): Promise<boolean> {
  const found = await handle.select("schedules").select("id").where("id", "=", scheduleId).executeTakeFirst();
  return found !== undefined;
}

async function update(
  db: Kysely<Schema>,
  handle: TenantHandle,
  change: (present: ChangedDefaults) => ChangedDefaults,
): Promise<{ before: CameraDefaults; after: CameraDefaults }> {
  await lockSettings(handle);
  const present = await changedDefaults(handle.selectSettings());
  const wanted = change(present);
  await checkSchedule(handle, resolvedDefaults(present), resolvedDefaults(wanted));
  await handle
    .updateSettings()
    .set({ recording: JSON.stringify(wanted) })
    .execute();
  await refuseLeavingWithoutSchedule(db, handle.tenantId);
  return {
    before: await forTenant(handle, resolvedDefaults(present)),
    after: await forTenant(handle, resolvedDefaults(wanted)),
  };
}

/** What did not change is left alone: it may be another tenant's. */
async function checkSchedule(handle: TenantHandle, present: CameraDefaults, wanted: CameraDefaults): Promise<void> {
  const { mode, schedule_id } = wanted.recording;
  const sameSchedule = schedule_id === present.recording.schedule_id;
  if (sameSchedule && mode === present.recording.mode) return;
  const usable = schedule_id !== null && (await hasSchedule(handle, schedule_id));
  if (!sameSchedule && schedule_id !== null && !usable) throw invalidField("defaults.schedule_id", NO_SUCH_SCHEDULE);
  if (mode === "scheduled" && !usable) throw invalidField("defaults.schedule_id", SCHEDULE_NEEDED);
}

export const NO_SUCH_SCHEDULE = "is not a schedule that exists; list the schedules or leave it null";
export const SCHEDULE_NEEDED = "must name a schedule, because nothing is ever recorded in mode scheduled without one";

/** Over the cameras of all tenants, but naming only those of the one that asks. */
async function refuseLeavingWithoutSchedule(db: Kysely<Schema>, tenantId: number): Promise<void> {
  const rules = await recordingRules(db);
  const rows = await db
    .selectFrom("cameras")
    .select(["id", "tenant_id", "name", "recording"])
    .where("deleted_at_ms", "is", null)
    .orderBy("id")
    .execute();
  const left = rows.filter((row) => {
    const own = JSON.parse(row.recording) as RecordingOverrides;
    return lacksSchedule(effectiveRecording(own, rules.defaultsOf(row.tenant_id).recording));
  });
  if (left.length === 0) return;
  const named = left.filter((row) => row.tenant_id === tenantId);
  throw new NightjarError(
    "conflict",
    `${named.length === 0 ? "Cameras of another tenant" : nameSome(named)} would never record any more: they record by the default schedule. Give them a schedule of their own first.`,
    { details: { camera_ids: named.map(({ id }) => id) } },
  );
}
