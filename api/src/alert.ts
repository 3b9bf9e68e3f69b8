import { z } from "zod";
import { Instant } from "./time.ts";

export const ALERT_KINDS = [
  "camera_not_recording",
  "worker_failing",
  "storage_unwritable",
  "ffmpeg_missing",
  "clock_suspect",
  "no_sync_sample",
  "disk_slow",
  "audio_fallback",
  "low_space",
  "retention_short",
  "deletion_paused",
  "share_unavailable",
  "spool_full",
] as const;
export const AlertKind = z.enum(ALERT_KINDS);
export type AlertKind = z.infer<typeof AlertKind>;

/**
 * Something a person must know; open (`until` null) until its cause is gone. One cause that hits many cameras is one alert: `camera_ids` and
 * `message` change as cameras come and go.
 */
export const Alert = z
  .object({
    id: z.number().int(),
    kind: AlertKind,
    camera_ids: z.array(z.number().int()),
    since: Instant,
    until: Instant.nullable(),
    message: z.string(),
    action: z.string().describe("What to do about it"),
    acknowledged_by: z.string().nullable(),
    acknowledged_at: Instant.nullable(),
  })
  .meta({ id: "Alert" });
export type Alert = z.infer<typeof Alert>;
