import type { Camera } from "@nightjar/api/camera";

/** The cameras that a schedule concerns. */
export interface ScheduleUsers {
  /** They record by it now. */
  readonly active: readonly Camera[];
  /** It is assigned to them, but their mode is another. */
  readonly waiting: readonly Camera[];
}

/** Who uses a schedule, by their own setting or the inherited one. */
export function scheduleUsers(cameras: readonly Camera[], scheduleId: number): ScheduleUsers {
  const isActive = ({ effective: { recording } }: Camera) =>
    recording.mode === "scheduled" && recording.schedule_id === scheduleId;
  return {
    active: cameras.filter(isActive),
    waiting: cameras.filter((camera) => camera.recording.schedule_id === scheduleId && !isActive(camera)),
  };
}
