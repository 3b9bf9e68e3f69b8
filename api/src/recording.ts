import { z } from "zod";
import { CameraId, GapCause, NotWantedCause, RecordingKind } from "./camera.ts";
import { NextCursor, Paging } from "./paging.ts";
import { Instant } from "./time.ts";

/** `2026-04-09_14-30-00.mp4`, `…-2.mp4`: UTC of the first frame; a first segment has a provisional name for its first seconds. */
export const SEGMENT_NAME_PATTERN = /^\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}(?:-\d{1,4})?\.mp4$/;

export const SegmentName = z
  .string()
  .regex(SEGMENT_NAME_PATTERN, "is not the name of a segment, such as 2026-04-09_14-30-00.mp4");

export const Segment = z
  .object({
    camera_id: z.number().int(),
    name: z.string(),
    start: Instant,
    end: Instant,
    duration_seconds: z.number(),
    size_bytes: z.number().int(),
    state: z.enum(["open", "closed", "repaired"]),
    kind: RecordingKind,
    run_id: z.string(),
    payload_sha256: z.string().nullable(),
    url: z.string(),
  })
  .meta({ id: "Segment" });
export type Segment = z.infer<typeof Segment>;

export const SegmentList = z.object({ segments: z.array(Segment), next_cursor: NextCursor });

export const SegmentQuery = Paging.extend({
  camera_id: CameraId,
  start: Instant.optional(),
  end: Instant.optional(),
});

export const SegmentParams = z.object({ camera_id: CameraId, name: SegmentName });

const ByteOffset = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Whole fragments of a segment, as a playlist names them. */
export const PlayableQuery = z.object({
  from: ByteOffset.describe("Where the first fragment begins in the file"),
  to: ByteOffset.describe("Where the last one ends"),
  after: SegmentName.optional().describe("The segment whose sound goes on in this one, where that begins at `from`"),
});

const CalendarMonth = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "is not a month, such as 2026-04");

export const DaysQuery = z.object({ camera_id: CameraId, month: CalendarMonth });

export const Days = z
  .object({
    camera_id: z.number().int(),
    month: z.string(),
    time_zone: z.string(),
    days: z
      .array(z.object({ date: z.string(), seconds: z.number() }))
      .describe("Only days with footage, in the camera's zone"),
  })
  .meta({ id: "Days" });
export type Days = z.infer<typeof Days>;

/** Longest span one timeline request may ask for: a year and a day. */
export const TIMELINE_MAX_SPAN_MS = 367 * 86_400_000;

export const TimelineQuery = z.object({
  camera_id: CameraId,
  start: Instant,
  end: Instant,
  resolution_seconds: z.coerce
    .number()
    .min(0)
    .max(86_400)
    .default(0)
    .describe("Recordings nearer than this are answered as one"),
});

export const TimelineRecording = z.object({ start: Instant, end: Instant, kind: RecordingKind });
export const TimelineGap = z.object({
  start: Instant,
  end: Instant,
  cause: z.union([GapCause, NotWantedCause]),
  wanted: z.boolean().describe("Whether footage was wanted then: false for `mode_disabled` and the like"),
});
export const Timeline = z
  .object({
    camera_id: z.number().int(),
    start: Instant,
    end: Instant,
    recordings: z.array(TimelineRecording),
    gaps: z.array(TimelineGap),
    motion: z.array(z.object({ start: Instant, score: z.number() })),
    events: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        start: Instant,
        end: Instant.nullable(),
        score: z.number().nullable(),
      }),
    ),
    locks: z.array(z.object({ id: z.string(), start: Instant, end: Instant, reason: z.string() })),
  })
  .meta({ id: "Timeline" });
export type Timeline = z.infer<typeof Timeline>;

/** Longest span one playlist may cover: a week. */
export const PLAYLIST_MAX_SPAN_MS = 7 * 86_400_000;

export const PlaylistQuery = z.object({
  camera_id: CameraId,
  start: Instant,
  end: Instant,
  variant: z.enum(["full"]).default("full"),
});
