// Words of the ledger. Without Zod: workers use them too, and there are many of those.

/** Why a span has no footage, when there should be some. */
export const GAP_CAUSES = [
  "camera_offline",
  "auth_failed",
  "stream_stalled",
  "unsupported_stream",
  "worker_crashed",
  "disk_full",
  "disk_slow",
  "storage_missing",
  "server_down",
  "clock_step",
  "stopped",
  "restarted",
  "deleted_by_retention",
  "deleted_by_user",
  "unknown",
] as const;

/** Why a span has no footage and none was wanted. */
export const NOT_WANTED_CAUSES = ["mode_disabled", "outside_schedule", "no_motion"] as const;

/** Why there is footage. */
export const RECORDING_KINDS = ["continuous", "scheduled", "motion", "manual"] as const;
