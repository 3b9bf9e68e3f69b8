import { z } from "zod";
import { AudioSettings, EffectiveRecording, RecordingOverrides, StorageAmount } from "./camera.ts";
import { StorageType, sharePatch, shareSettings } from "./share.ts";

/** What a camera does where it has no setting of its own. */
export const RecordingDefaults = EffectiveRecording.extend({ audio: AudioSettings }).meta({ id: "RecordingDefaults" });
export type RecordingDefaults = z.infer<typeof RecordingDefaults>;

const FolderPath = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^\//, "must be an absolute path")
  .refine((path) => ![...path].some((c) => c < " "), "must not contain control characters");

const retention = {
  days: z.number().min(0).max(36_500),
  hours: z.number().min(0).max(23),
  minutes: z.number().min(0).max(59),
};

/** Where footage is kept, and for how long. Its way to a share leads over `path`. */
export const StorageSettings = z
  .object({
    type: StorageType,
    path: z.string().describe("The folder of the recordings: `places.recordings` of the system settings"),
    retention: z.object(retention).describe("All 0: until space is needed. In days it is `defaults.retention_days`"),
    minimum_retention_days: StorageAmount.describe("Space-driven deletion never touches younger footage"),
    max_storage_gb: StorageAmount.describe("Over all recordings, GB of 10^9 bytes; 0: no limit"),
    low_space_percent: z
      .number()
      .min(1)
      .max(90)
      .describe("Below this share of free space the oldest goes, and people are told"),
    auto_delete: z.boolean().describe("false: nothing is deleted to make room; recording stops instead"),
    spool_max_gb: StorageAmount.describe(
      "What footage may take on the disk while it waits for the share; 0: a quarter of the free space",
    ),
    nas: shareSettings.nas.nullable().describe("null: never set"),
    s3: shareSettings.s3.nullable(),
    sftp: shareSettings.sftp.nullable(),
  })
  .meta({ id: "StorageSettings" });
export type StorageSettings = z.infer<typeof StorageSettings>;

const storagePatch = z.strictObject({
  type: StorageSettings.shape.type.optional(),
  path: FolderPath.nullable().optional(),
  retention: z.strictObject(retention).partial().nullable().optional(),
  minimum_retention_days: StorageSettings.shape.minimum_retention_days.nullable().optional(),
  max_storage_gb: StorageSettings.shape.max_storage_gb.nullable().optional(),
  low_space_percent: StorageSettings.shape.low_space_percent.nullable().optional(),
  auto_delete: StorageSettings.shape.auto_delete.nullable().optional(),
  spool_max_gb: StorageSettings.shape.spool_max_gb.nullable().optional(),
  ...sharePatch,
});

export const RecordingSettings = z
  .object({ defaults: RecordingDefaults, storage: StorageSettings })
  .meta({ id: "RecordingSettings" });
export type RecordingSettings = z.infer<typeof RecordingSettings>;

/** JSON merge patch (RFC 7396): absent keys stay, null makes the built-in value hold again. */
export const RecordingSettingsPatch = z
  .strictObject({
    defaults: RecordingOverrides.extend({ audio: AudioSettings.partial().nullable().optional() }).optional(),
    storage: storagePatch.optional(),
  })
  .meta({ id: "RecordingSettingsPatch" });
export type RecordingSettingsPatch = z.infer<typeof RecordingSettingsPatch>;

export const PLACE_NAMES = ["recordings", "snapshots", "thumbnails", "clips", "exports", "logs", "spool"] as const;
export type PlaceName = (typeof PLACE_NAMES)[number];

/** Folders for files. Those of clips and exports are apart from the recordings: deleting recordings never takes saved evidence. */
export const SystemSettings = z
  .object({
    places: z
      .record(z.enum(PLACE_NAMES), z.string())
      .describe("`spool` is always the folder of the recordings: footage waits there for the network share"),
    approved_roots: z
      .array(z.string())
      .describe("Below these, and the data folder, places and files of cameras may lie"),
  })
  .meta({ id: "SystemSettings" });
export type SystemSettings = z.infer<typeof SystemSettings>;

export const SystemSettingsPatch = z
  .strictObject({
    places: z.partialRecord(z.enum(PLACE_NAMES), FolderPath.nullable()).optional(),
    approved_roots: z.array(FolderPath).max(100).nullable().optional(),
  })
  .meta({ id: "SystemSettingsPatch" });
export type SystemSettingsPatch = z.infer<typeof SystemSettingsPatch>;
