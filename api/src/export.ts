import { z } from "zod";
import { GapCause, NotWantedCause } from "./camera.ts";
import { NextCursor } from "./paging.ts";
import { Instant } from "./time.ts";

/** Longest span one export may cover: a week. */
export const EXPORT_MAX_SPAN_MS = 7 * 86_400_000;
const MAX_CAMERAS = 64;
const MAX_MASKS = 16;

const Fraction = z.number().min(0).max(1);

/** A rectangle that is painted black, in fractions of the picture's width and height from its upper left corner. */
export const PrivacyMask = z
  .strictObject({
    x: Fraction,
    y: Fraction,
    width: Fraction.positive(),
    height: Fraction.positive(),
    camera_id: z.number().int().positive().optional().describe("Only in this camera's picture; without it in all"),
  })
  .meta({ id: "PrivacyMask" });
export type PrivacyMask = z.infer<typeof PrivacyMask>;

const ExportWish = z.strictObject({
  camera_ids: z
    .array(z.number().int().positive().max(Number.MAX_SAFE_INTEGER))
    .min(1)
    .max(MAX_CAMERAS, `may name at most ${MAX_CAMERAS} cameras`)
    .refine((ids) => new Set(ids).size === ids.length, "names a camera twice"),
  start: Instant,
  end: Instant,
  format: z.literal("mp4").default("mp4"),
  with_audio: z.boolean().default(true),
  timestamps: z
    .enum(["none", "subtitles", "burned_in"])
    .default("none")
    .describe("The time of each second: as subtitles that a player can show, or with the camera's name in the picture"),
  time_lapse_factor: z
    .number()
    .min(2)
    .max(3600)
    .nullable()
    .default(null)
    .describe("So many times faster, without sound; null: as it was"),
  privacy_masks: z.array(PrivacyMask).max(MAX_MASKS).default([]),
});

/** What an export was asked for, as it is kept. */
export const ExportOrder = ExportWish.meta({ id: "ExportOrder" });
export type ExportOrder = z.infer<typeof ExportOrder>;
/** The same as it is asked for: what is left out has its usual value. */
export type ExportOrderInput = z.input<typeof ExportOrder>;

export const ExportRequest = ExportWish.extend({
  dry_run: z
    .boolean()
    .default(false)
    .describe("Make nothing: answer 200 with an `ExportEstimate`, what this export would take"),
}).meta({ id: "ExportRequest" });
export type ExportRequest = z.infer<typeof ExportRequest>;

export const ExportStarted = z.object({ export_id: z.string(), status_url: z.string() }).meta({ id: "ExportStarted" });
export type ExportStarted = z.infer<typeof ExportStarted>;

/** What an export would take; nothing was made. */
export const ExportEstimate = z
  .object({
    dry_run: z.literal(true),
    re_encoding: z.boolean().describe("The pictures are decoded and encoded again: slow, and no longer the original"),
    re_encoding_because: z.array(z.enum(["burned_in", "time_lapse_factor", "privacy_masks"])),
    footage_seconds: z.number().describe("Of all cameras together"),
    size_bytes: z.number().int(),
    duration_seconds: z.number().describe("How long it will take once it is its turn"),
    free_bytes: z.number().int().nullable().describe("Space where exports are kept; null: the disk does not answer"),
    enough_space: z.boolean(),
    cameras: z.array(z.object({ camera_id: z.number().int(), footage_seconds: z.number(), size_bytes: z.number() })),
  })
  .meta({ id: "ExportEstimate" });
export type ExportEstimate = z.infer<typeof ExportEstimate>;

export const EXPORT_STATUSES = ["queued", "running", "ready", "failed", "cancelled"] as const;
export const ExportStatus = z.enum(EXPORT_STATUSES);
export type ExportStatus = z.infer<typeof ExportStatus>;

export const ExportFile = z
  .object({
    name: z.string(),
    camera_id: z.number().int(),
    size_bytes: z.number().int(),
    sha256: z.string(),
    url: z.string(),
    part: z.number().int().describe("1, and up where a camera's picture changed its format in between"),
    start: Instant.describe("Of the first picture that is shown"),
    end: Instant.describe("Of the last one"),
    duration_seconds: z.number(),
  })
  .meta({ id: "ExportFile" });
export type ExportFile = z.infer<typeof ExportFile>;

export const ExportGap = z
  .object({
    camera_id: z.number().int(),
    start: Instant,
    end: Instant,
    cause: z.union([GapCause, NotWantedCause]),
    wanted: z.boolean(),
  })
  .meta({ id: "ExportGap" });

/** Why an export failed, for pages in other languages than the sentence's. */
export const EXPORT_ERROR_CODES = [
  "no_footage",
  "camera_deleted",
  "no_space",
  "folder_missing",
  "no_font",
  "ffmpeg_missing",
  "internal",
] as const;
export const ExportErrorCode = z.enum(EXPORT_ERROR_CODES).meta({ id: "ExportErrorCode" });
export type ExportErrorCode = z.infer<typeof ExportErrorCode>;

export const Export = z
  .object({
    export_id: z.string(),
    status: ExportStatus,
    progress: z.number().describe("0 to 1"),
    remaining_seconds: z.number().nullable().describe("null: not known (yet)"),
    created_at: Instant,
    created_by: z.string(),
    finished_at: Instant.nullable(),
    expires_at: Instant.nullable().describe("When it is removed by itself; null: not finished"),
    request: ExportOrder,
    size_bytes: z.number().int().describe("Of all files together"),
    files: z.array(ExportFile).describe("The MP4s"),
    gaps: z.array(ExportGap).describe("Where the span has no footage, and why"),
    manifest_url: z.string().nullable(),
    zip_url: z.string().nullable(),
    error: z.string().nullable().describe("Why it failed, as a sentence"),
    error_code: ExportErrorCode.nullable().describe("The same as a code; null: it has not failed, or not said why"),
  })
  .meta({ id: "Export" });
export type Export = z.infer<typeof Export>;

export const ExportList = z.object({ exports: z.array(Export), next_cursor: NextCursor });
export type ExportList = z.infer<typeof ExportList>;

export const EXPORT_ID_PATTERN = /^[0-9a-f]{12}$/;
export const ExportParams = z.object({
  id: z.string().regex(EXPORT_ID_PATTERN, "is not the id of an export: 12 hexadecimal digits"),
});

/** An MP4 of the export, `manifest.json`, `verify.html`, or `<id>.zip` for all of them. */
export const EXPORT_FILE_PATTERN =
  /^(?:[0-9a-f]{12}_cam\d{1,16}(?:_part\d{1,4})?\.mp4|manifest\.json|verify\.html|[0-9a-f]{12}\.zip)$/;
export const ExportDownloadQuery = z.object({
  file: z
    .string()
    .max(64)
    .regex(EXPORT_FILE_PATTERN, "is not the name of a file of an export")
    .optional()
    .describe("Absent: all of them, as `<id>.zip`"),
});

export const ExportSettings = z
  .object({
    keep_days: z.number().int().min(1).max(3650).describe("Exports older than this are removed"),
    at_once: z.number().int().min(1).max(8).describe("So many exports are made at the same time"),
  })
  .meta({ id: "ExportSettings" });
export type ExportSettings = z.infer<typeof ExportSettings>;
/** JSON merge patch (RFC 7396): null makes the built-in value hold again. */
export const ExportSettingsPatch = z
  .strictObject({
    keep_days: ExportSettings.shape.keep_days.nullable().optional(),
    at_once: ExportSettings.shape.at_once.nullable().optional(),
  })
  .meta({ id: "ExportSettingsPatch" });
export type ExportSettingsPatch = z.infer<typeof ExportSettingsPatch>;

/** The installation's key, with which it signs the manifests of its exports. */
export const InstallationKey = z
  .object({
    algorithm: z.literal("Ed25519"),
    public_key: z.string().describe("32 bytes, hexadecimal"),
    fingerprint: z.string().describe("SHA-256 of those bytes, hexadecimal: what `nightjar verify --key` takes"),
  })
  .meta({ id: "InstallationKey" });
export type InstallationKey = z.infer<typeof InstallationKey>;
