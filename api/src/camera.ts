import { z } from "zod";
import { GAP_CAUSES, NOT_WANTED_CAUSES, RECORDING_KINDS } from "./causes.ts";
import { Instant, TimeZone } from "./time.ts";

/** Protocols a stream may be pulled from. `file` only below an approved root; `pattern` is a built-in moving test picture. */
export const STREAM_PROTOCOLS = ["rtsp", "rtsps", "http", "https", "rtmp", "file", "pattern"] as const;

const MAX_URL_LENGTH = 2000;

export const StreamUrl = z
  .string()
  .min(1)
  .max(MAX_URL_LENGTH)
  .refine(hasStreamProtocol, `must be a URL that begins with one of ${STREAM_PROTOCOLS.map((p) => `${p}:`).join(" ")}`)
  .refine(hasNoControlCharacter, "must not contain control characters or line breaks")
  .refine(hasNoCredentials, "must not contain a user name or password: give them in `username` and `password`")
  .describe("Address of the stream, without credentials, e.g. `rtsp://10.0.0.7/main`, or `pattern:clock?sound=1`");

function parseUrl(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

function hasStreamProtocol(url: string): boolean {
  const protocol = parseUrl(url)?.protocol.slice(0, -1);
  return STREAM_PROTOCOLS.some((known) => known === protocol);
}

function hasNoControlCharacter(url: string): boolean {
  return ![...url].some((c) => c < " " || c === "\u007f");
}

function hasNoCredentials(url: string): boolean {
  const parsed = parseUrl(url);
  return parsed === null || (parsed.username === "" && parsed.password === "");
}

export const CameraId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

const Stream = z.strictObject({ url: StreamUrl });

export const RecordingMode = z
  .enum(["continuous", "scheduled", "motion", "disabled"])
  .describe(
    "`continuous`: always. `scheduled`: inside the windows of the schedule. `motion`: around motion. `disabled`: stays connected but records nothing by itself.",
  );
export type RecordingMode = z.infer<typeof RecordingMode>;

/** Recording settings of one camera; null = inherited from the global setting. */
export const RecordingOverrides = z.strictObject({
  mode: RecordingMode.nullable().optional(),
  stream: z.enum(["main", "sub"]).nullable().optional(),
  schedule_id: z.number().int().positive().nullable().optional(),
  retention_days: z.number().min(0).max(36_500).nullable().optional(),
  segment_seconds: z.number().int().min(10).max(3600).nullable().optional(),
  segment_max_mb: z.number().min(0).max(4294).nullable().optional(),
  pre_event_seconds: z.number().min(0).max(60).nullable().optional(),
  post_event_seconds: z.number().min(0).max(600).nullable().optional(),
});
export type RecordingOverrides = z.infer<typeof RecordingOverrides>;

/** The same with everything resolved: what the worker does. */
export const EffectiveRecording = z.object({
  mode: RecordingMode,
  stream: z.enum(["main", "sub"]),
  schedule_id: z.number().int().nullable(),
  retention_days: z.number(),
  segment_seconds: z.number().int(),
  segment_max_mb: z.number(),
  pre_event_seconds: z.number(),
  post_event_seconds: z.number(),
});
export type EffectiveRecording = z.infer<typeof EffectiveRecording>;

/** Days or GB: fractions are fine. */
export const StorageAmount = z.number().min(0).max(1_000_000);

/** Storage settings of one camera; null or absent: no limit of its own, and the installation's minimum retention. */
export const StorageOverrides = z.strictObject({
  max_storage_gb: StorageAmount.nullable().optional().describe("GB of 10^9 bytes; 0: no limit"),
  minimum_retention_days: StorageAmount.nullable().optional(),
});
export type StorageOverrides = z.infer<typeof StorageOverrides>;

export const AudioCodecSetting = z
  .enum(["auto", "aac", "opus", "mp3", "copy"])
  .describe(
    "`auto`: AAC, passed through where the camera sends it. `copy`: whatever the camera sends, where MP4 can hold it. The others are always encoded.",
  );
export const AudioSettings = z.strictObject({ enabled: z.boolean(), codec: AudioCodecSetting });
export type AudioSettings = z.infer<typeof AudioSettings>;

export const Transport = z.enum(["tcp", "udp"]);

const Name = z.string().trim().min(1, "must not be empty").max(100);

/** The writable part of a camera, as kept and as given. */
const shape = {
  name: Name,
  group_id: z.number().int().positive().nullable(),
  enabled: z.boolean(),
  time_zone: TimeZone,
  streams: z.strictObject({ main: Stream, sub: Stream.nullable().optional() }),
  username: z.string().max(200).nullable(),
  transport: Transport,
  recording: RecordingOverrides,
  audio: AudioSettings.nullable(),
  storage: StorageOverrides,
};

const Password = z
  .string()
  .max(200)
  .nullable()
  .optional()
  .describe('Write-only. Absent or "" keeps the present one, null clears it.');

export const CameraCreate = z
  .strictObject({
    name: shape.name,
    streams: shape.streams,
    group_id: shape.group_id.optional(),
    enabled: shape.enabled.default(true),
    time_zone: shape.time_zone.optional().describe("Default: the server's zone"),
    username: shape.username.optional(),
    password: Password,
    transport: shape.transport.default("tcp"),
    recording: shape.recording.default({}),
    audio: shape.audio.optional(),
    storage: shape.storage.default({}),
  })
  .meta({ id: "CameraCreate" });
export type CameraCreate = z.infer<typeof CameraCreate>;

/** JSON merge patch (RFC 7396) of a camera: absent keys stay, null clears, objects merge. */
export const CameraPatch = z
  .strictObject({
    name: shape.name.optional(),
    group_id: shape.group_id.optional(),
    enabled: shape.enabled.optional(),
    time_zone: shape.time_zone.optional(),
    streams: z.strictObject({ main: Stream.optional(), sub: Stream.nullable().optional() }).optional(),
    username: shape.username.optional(),
    password: Password,
    transport: shape.transport.optional(),
    recording: shape.recording.nullable().optional(),
    audio: AudioSettings.partial().nullable().optional(),
    storage: shape.storage.nullable().optional(),
  })
  .meta({ id: "CameraPatch" });
export type CameraPatch = z.infer<typeof CameraPatch>;

const MAX_CAMERAS_AT_ONCE = 1000;

/** The same change to many cameras: to all of them or, where one of them does not allow it, to none. */
export const CamerasPatch = z
  .strictObject({
    ids: z.array(z.number().int().positive()).min(1).max(MAX_CAMERAS_AT_ONCE),
    changes: CameraPatch,
  })
  .meta({ id: "CamerasPatch" });

export const Camera = z
  .object({
    id: z.number().int(),
    name: z.string(),
    group_id: z.number().int().nullable(),
    enabled: z.boolean(),
    time_zone: z.string(),
    streams: z.object({
      main: z.object({ url: z.string().describe("Empty where it is not known: see `last_error` of its status") }),
      sub: z.object({ url: z.string() }).nullable(),
    }),
    username: z.string().nullable(),
    has_password: z.boolean(),
    transport: Transport,
    recording: RecordingOverrides,
    audio: AudioSettings.nullable(),
    storage: StorageOverrides,
    effective: z.object({ recording: EffectiveRecording, audio: AudioSettings }),
    created_at: Instant,
  })
  .meta({ id: "Camera" });
export type Camera = z.infer<typeof Camera>;

export const GapCause = z.enum(GAP_CAUSES);
export type GapCause = z.infer<typeof GapCause>;

export const NotWantedCause = z.enum(NOT_WANTED_CAUSES);
export type NotWantedCause = z.infer<typeof NotWantedCause>;

export const RecordingKind = z.enum(RECORDING_KINDS);
export type RecordingKind = z.infer<typeof RecordingKind>;

export const VideoCodec = z.enum(["h264", "h265"]);
export type VideoCodec = z.infer<typeof VideoCodec>;

export const CameraStatus = z
  .object({
    camera_id: z.number().int(),
    connection: z.enum(["connected", "connecting", "offline", "disabled"]),
    cause: GapCause.nullable(),
    last_error: z.string().nullable().describe("What went wrong and what to do, without credentials"),
    recording: z.boolean(),
    recording_kind: RecordingKind.nullable(),
    bitrate_bps: z.number().int().nullable(),
    fps: z.number().nullable(),
    video_codec: VideoCodec.nullable(),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    audio_codec: z.string().nullable(),
    key_frame_interval_seconds: z.number().nullable(),
    last_frame_at: Instant.nullable(),
    clock_drift_ms: z.number().nullable(),
    worker: z
      .object({
        name: z.string(),
        pid: z.number().int().nullable(),
        restarts: z.number().int(),
        parked: z
          .boolean()
          .describe("It failed over and over as soon as it was started, and is tried every five minutes"),
        started_at: Instant.nullable(),
      })
      .nullable(),
  })
  .meta({ id: "CameraStatus" });
export type CameraStatus = z.infer<typeof CameraStatus>;

/** A day: what goes on longer is a mode, not a deed. */
const MAX_MANUAL_SECONDS = 86_400;

export const RecordRequest = z
  .strictObject({
    action: z
      .enum(["start", "stop", "keep"])
      .describe("`start` records over every mode, `stop` ends that, `keep` keeps the last seconds from the buffer"),
    seconds: z
      .number()
      .positive()
      .max(MAX_MANUAL_SECONDS)
      .optional()
      .describe("`start`: for so long (absent: until stopped). `keep`: so much of the past (absent: the buffer)"),
  })
  .meta({ id: "RecordRequest" });
export type RecordRequest = z.infer<typeof RecordRequest>;

export const RecordResult = z
  .object({
    recording: z.boolean().describe("Footage is being recorded now"),
    kept_seconds: z.number().nullable().describe("Of `keep`: how much of the past there was to keep"),
    message: z.string(),
  })
  .meta({ id: "RecordResult" });
export type RecordResult = z.infer<typeof RecordResult>;

export const ProbeRequest = z
  .strictObject({
    url: StreamUrl,
    username: z.string().max(200).nullable().optional(),
    password: z.string().max(200).nullable().optional(),
    transport: Transport.default("tcp"),
    camera_id: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("Take the stored password of this camera when none is given"),
  })
  .meta({ id: "ProbeRequest" });
export type ProbeRequest = z.infer<typeof ProbeRequest>;

export const ProbeResult = z
  .object({
    video: z.object({
      codec: VideoCodec,
      profile: z.string().nullable(),
      width: z.number().int(),
      height: z.number().int(),
      fps: z.number().nullable(),
      key_frame_interval_seconds: z.number().nullable().describe("null: no second key frame was seen while probing"),
      bitrate_bps: z.number().int().nullable(),
    }),
    audio: z.object({ codec: z.string(), sample_rate_hz: z.number().int(), channels: z.number().int() }).nullable(),
    advice: z.array(z.object({ level: z.enum(["ok", "note", "warning"]), code: z.string(), message: z.string() })),
    picture_jpeg_base64: z.string().nullable().describe("A small still of what the camera shows"),
  })
  .meta({ id: "ProbeResult" });
export type ProbeResult = z.infer<typeof ProbeResult>;
