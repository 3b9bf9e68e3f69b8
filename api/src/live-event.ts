import { z } from "zod";
import { Alert } from "./alert.ts";
import { Camera, CameraStatus } from "./camera.ts";
import { Export } from "./export.ts";
import { Segment } from "./recording.ts";
import { Instant } from "./time.ts";

/**
 * What `GET /api/events/stream` sends: server-sent events whose `event:` is `type` and whose `data:` is the whole object as JSON. A
 * listener gets only what its tenant and permissions allow. `hello` comes first: after a reconnect, read again what you show.
 */
export const LiveEvent = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("hello"), version: z.string() }),
    z.object({ type: z.literal("camera.changed"), camera: Camera }),
    z.object({ type: z.literal("camera.deleted"), camera_id: z.number().int() }),
    z.object({ type: z.literal("camera.status"), status: CameraStatus }),
    z.object({ type: z.literal("segment.changed"), segment: Segment }),
    z
      .object({ type: z.literal("footage.deleted"), camera_id: z.number().int(), start: Instant, end: Instant })
      .describe("Segments of this span are gone"),
    z
      .object({ type: z.literal("locks.changed"), camera_ids: z.array(z.number().int()) })
      .describe("A lock of these cameras was made or taken away"),
    z.object({ type: z.literal("alert.changed"), alert: Alert }),
    z.object({ type: z.literal("export.changed"), export: Export }).describe("Also while it is made: see `progress`"),
    z.object({ type: z.literal("export.deleted"), export_id: z.string() }),
    z
      .object({ type: z.literal("recording_rules.changed") })
      .describe(
        "A schedule or the recording defaults: read these again, and the cameras, whose `effective` may be another",
      ),
  ])
  .meta({ id: "LiveEvent" });
export type LiveEvent = z.infer<typeof LiveEvent>;
export const LIVE_EVENT_TYPES = [
  "hello",
  "camera.changed",
  "camera.deleted",
  "camera.status",
  "segment.changed",
  "footage.deleted",
  "locks.changed",
  "alert.changed",
  "export.changed",
  "export.deleted",
  "recording_rules.changed",
] as const;
