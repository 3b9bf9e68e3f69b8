import type { Camera, NotWantedCause } from "@nightjar/api/camera";
import type { Schedule } from "@nightjar/api/schedule";
import { timeOfWeek } from "../time/zone.ts";
import { modeAt } from "./week.ts";

/**
 * Why a connected camera that does not record is right not to: by its mode, and its schedule at `ms` wall time. null: it should record, or
 * its schedule is not known here.
 */
export function notWantedCause(camera: Camera, schedules: readonly Schedule[], ms: number): NotWantedCause | null {
  const { mode, schedule_id } = camera.effective.recording;
  switch (mode) {
    case "continuous":
      return null;
    case "disabled":
      return "mode_disabled";
    case "motion":
      return "no_motion";
    case "scheduled": {
      const schedule = schedules.find((one) => one.id === schedule_id);
      if (schedule === undefined) return null;
      const { day, minute } = timeOfWeek(ms, camera.time_zone);
      const wanted = modeAt(schedule.windows, day, minute);
      if (wanted === null) return "outside_schedule";
      return wanted === "motion" ? "no_motion" : null;
    }
  }
}
