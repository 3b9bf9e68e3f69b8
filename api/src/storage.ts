import { z } from "zod";
import { CameraId, CameraPatch } from "./camera.ts";
import { NextCursor, Paging } from "./paging.ts";
import { RecordingSettingsPatch } from "./settings.ts";
import { ShareState } from "./share.ts";
import { TenantPatch } from "./tenant.ts";
import { Instant } from "./time.ts";

const MAX_CAMERAS_AT_ONCE = 1000;
const CameraIds = z.array(z.number().int().positive()).min(1).max(MAX_CAMERAS_AT_ONCE);

/** Longest span one lock or one deletion may name: ten years. */
export const STORAGE_MAX_SPAN_MS = 3660 * 86_400_000;

/** What a deletion did, or would do. Only whole segments are deleted. */
export const DeletionResult = z
  .object({
    segments: z.number().int(),
    size_bytes: z.number().int(),
    oldest: Instant.nullable().describe("Where the first of them begins; null: none"),
    newest: Instant.nullable().describe("Where the last of them ends"),
    refused_locked: z.number().int().describe("Segments that stay because a lock protects them"),
    refused_open: z.number().int().describe("Segments that stay because they are still being written"),
    dry_run: z.boolean(),
  })
  .meta({ id: "DeletionResult" });
export type DeletionResult = z.infer<typeof DeletionResult>;

export const DeletionRequest = z
  .strictObject({
    camera_ids: CameraIds,
    start: Instant,
    end: Instant,
    dry_run: z.boolean().default(false).describe("Only say what would be deleted"),
  })
  .describe("Segments that lie wholly between `start` and `end`")
  .meta({ id: "DeletionRequest" });

export const DryRun = z.object({ dry_run: z.stringbool().default(false).describe("Only say what would be deleted") });

/** Changes to try: as they would be sent to `PATCH /api/settings/recording`, to `PATCH /api/cameras`, and to `PATCH /api/tenants/{id}`. */
export const StorageDryRun = z
  .strictObject({
    settings: RecordingSettingsPatch.optional(),
    cameras: z
      .strictObject({ ids: CameraIds, changes: CameraPatch.pick({ recording: true, storage: true }) })
      .optional(),
    tenants: z
      .strictObject({ ids: z.array(z.number().int().positive()).min(1).max(1000), changes: TenantPatch })
      .optional()
      .describe("Needs `tenants.edit`; cameras of these tenants are told too"),
  })
  .meta({ id: "StorageDryRun" });

export const StorageDryRunResult = DeletionResult.extend({
  cameras: z.array(DeletionResult.omit({ dry_run: true }).extend({ camera_id: z.number().int() })),
}).meta({ id: "StorageDryRunResult" });
export type StorageDryRunResult = z.infer<typeof StorageDryRunResult>;

const Reason = z.string().trim().min(1, "must say why").max(500);

export const LockCreate = z
  .strictObject({
    camera_ids: CameraIds,
    start: Instant,
    end: Instant,
    reason: Reason,
    expires_at: Instant.nullable().optional().describe("null: until somebody removes it"),
  })
  .meta({ id: "LockCreate" });

/** A span protected from every kind of deletion. */
export const Lock = z
  .object({
    id: z.string(),
    camera_ids: z.array(z.number().int()),
    start: Instant,
    end: Instant,
    reason: z.string(),
    expires_at: Instant.nullable(),
    created_by: z.string(),
    created_at: Instant,
    size_bytes: z.number().int().describe("Of all closed segments that it protects, whether other locks do too or not"),
  })
  .meta({ id: "Lock" });
export type Lock = z.infer<typeof Lock>;

export const LockList = z.object({ locks: z.array(Lock), next_cursor: NextCursor });
export const LockQuery = Paging.extend({ camera_id: CameraId.optional() });
export const LockParams = z.object({ id: z.string().regex(/^\d{1,15}$/, "is not the id of a lock") });

/** A place for footage, and whether it is the one that Nightjar has written to. */
export const StorageVolume = z
  .object({
    name: z.string(),
    path: z.string(),
    state: z.enum(["ok", "missing", "foreign"]).describe("`missing`: no marker file; `foreign`: another volume's"),
    problem: z.string().nullable().describe("What is wrong with it and what to do"),
    size_bytes: z.number().int().nullable(),
    free_bytes: z.number().int().nullable(),
    low_space: z.boolean(),
  })
  .meta({ id: "StorageVolume" });

/** What a camera's footage takes, and for how long it can be kept at this rate with the space there is. */
export const CameraStorageState = z
  .object({
    camera_id: z.number().int(),
    name: z.string(),
    removed: z.boolean(),
    segments: z.number().int(),
    size_bytes: z.number().int(),
    oldest: Instant.nullable(),
    bytes_per_day: z.number().int().nullable().describe("Measured over the last day; null: too little to measure"),
    days_held: z.number().describe("Age of its oldest footage"),
    days_to_come: z
      .number()
      .nullable()
      .describe("For how long footage will be held at this rate; null: not known, or without end"),
    retention_days: z.number().describe("0: until space is needed"),
    minimum_retention_days: z.number(),
    max_storage_gb: z.number().describe("0: no limit of its own"),
    retention_kept: z.boolean().nullable().describe("Whether the retention can be kept; null: not known"),
    minimum_retention_kept: z.boolean().nullable(),
  })
  .meta({ id: "CameraStorageState" });

export const StorageState = z
  .object({
    volumes: z
      .array(StorageVolume)
      .describe(
        "Of the recordings and, where it is not there, of the exports. Only for administrators of the installation",
      ),
    size_bytes: z.number().int().describe("Of the tenant's closed segments"),
    max_bytes: z.number().int().describe("What the tenant's footage may take; 0: no limit"),
    locked_bytes: z.number().int(),
    auto_delete: z.boolean(),
    deletion_paused: z.string().nullable().describe("Why nothing is deleted by its age now; null: it is"),
    cameras: z.array(CameraStorageState).describe("Removed ones while they have footage"),
    share: ShareState.nullable().describe("null: none is set. Only for administrators of the installation"),
  })
  .meta({ id: "StorageState" });
export type StorageState = z.infer<typeof StorageState>;
