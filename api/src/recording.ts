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
    on_share: z.boolean().describe("It lies on the network share, and no longer on the server's disk"),
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

/** Fastest that the variant `sync` is made for. */
export const SYNC_MAX_SPEED = 64;

const SyncSpeed = z.coerce.number().min(1).max(SYNC_MAX_SPEED);

/**
 * `full`: the footage as it is. `sync`: only its key frames, without sound, already as fast as `speed`: play it at rate 1. `h264`: H.265 is
 * converted to H.264 for browsers that cannot play it, at most twice at once in the whole installation (`transcoding_busy` beyond that).
 *
 * Wall time of a player position: every entry of `sync` has an EXT-X-PROGRAM-DATE-TIME, and from there on a second of the player is `speed`
 * seconds of wall time. In `full` and `h264` it stands where a segment begins, and a second is a second.
 */
export const PlaylistQuery = z.object({
  camera_id: CameraId,
  start: Instant,
  end: Instant,
  variant: z.enum(["full", "sync", "h264"]).default("full"),
  speed: SyncSpeed.default(8).describe("How much faster than the clock `sync` is; for the others it means nothing"),
});

/** Whole fragments of a segment of which only the key frames are wanted. */
export const SyncQuery = z.object({ from: ByteOffset, to: ByteOffset, speed: SyncSpeed });

/** Width of the thumbnails that are kept, pixels. */
export const THUMBNAIL_WIDTH = 320;

export const ThumbnailQuery = z.object({
  camera_id: CameraId,
  time: Instant,
  width: z.coerce
    .number()
    .int()
    .min(16)
    .max(1920)
    .default(THUMBNAIL_WIDTH)
    .describe(
      `Pixels. Up to ${THUMBNAIL_WIDTH} it is the picture that is kept, of that width; a wider one is made when asked for`,
    ),
});

export const FrameQuery = z.object({ camera_id: CameraId, time: Instant });

/** The answer to a thumbnail or a frame says here when that picture was filmed (as an instant). */
export const PICTURE_TIME_HEADER = "nightjar-time";

/** Most thumbnails on one sheet. */
export const SHEET_MAX_TILES = 64;

export const ThumbnailSheetQuery = z.object({
  camera_id: CameraId,
  start: Instant,
  end: Instant,
  count: z.coerce
    .number()
    .int()
    .min(1)
    .max(SHEET_MAX_TILES)
    .default(SHEET_MAX_TILES)
    .describe("At most so many, evenly spread over the span; fewer where there are fewer"),
});

/** The header of a sheet that says how to cut it: a ThumbnailSheet as JSON. */
export const SHEET_HEADER = "nightjar-sheet";

/**
 * How to cut a sheet of thumbnails, one JPEG: the n-th is `tile_width` × `tile_height` pixels at x = 0, y = n × `tile_step`, filmed at
 * `times_ms[n]` (Unix milliseconds, ascending). What lies between `tile_height` and `tile_step` is filling. Without footage in the span the
 * answer is 404. All tiles are of one size: where the camera's picture changed its shape within the span, those of another are left out.
 */
export const ThumbnailSheet = z.object({
  tile_width: z.number().int(),
  tile_height: z.number().int(),
  tile_step: z.number().int(),
  times_ms: z.array(z.number().int()),
});
export type ThumbnailSheet = z.infer<typeof ThumbnailSheet>;
