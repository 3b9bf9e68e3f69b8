import type { Kysely } from "kysely";
import { type CameraDefaults, defaultsWithoutSchedule } from "../recording/camera-settings.ts";
import type { ScheduleWindow } from "../recording/schedule.ts";
import { changedDefaults, resolvedDefaults } from "./changed-defaults.ts";
import type { Schema } from "./schema.ts";

/** All that cameras share in deciding what they record, read at once. */
export interface RecordingRules {
  /** What the cameras of a tenant inherit. */
  defaultsOf(tenantId: number): CameraDefaults;
  /** The windows of a schedule; null where the tenant has no such schedule. */
  windowsOf(tenantId: number, scheduleId: number): readonly ScheduleWindow[] | null;
}

/** The rules of every tenant. */
export async function recordingRules(db: Kysely<Schema>): Promise<RecordingRules> {
  const defaults = resolvedDefaults(await changedDefaults(db.selectFrom("settings")));
  const rows = await db.selectFrom("schedules").select(["id", "tenant_id", "windows"]).execute();
  const schedules = new Map(rows.map((row) => [row.id, row]));
  const withoutSchedule = defaultsWithoutSchedule(defaults);
  const owner = schedules.get(defaults.recording.schedule_id ?? 0)?.tenant_id;
  return {
    defaultsOf: (tenantId) =>
      owner === tenantId || defaults.recording.schedule_id === null ? defaults : withoutSchedule,
    windowsOf(tenantId, scheduleId) {
      const row = schedules.get(scheduleId);
      return row?.tenant_id === tenantId ? (JSON.parse(row.windows) as ScheduleWindow[]) : null;
    },
  };
}
