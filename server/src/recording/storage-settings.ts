import type { StorageOverrides } from "@nightjar/api/camera";

export const DAY_MS = 86_400_000;
const MINUTES_PER_DAY = 1440;
export const BYTES_PER_GB = 1_000_000_000;

/** What holds for all footage of the installation. */
export interface StorageDefaults {
  readonly minimum_retention_days: number;
  /** 0: no limit. */
  readonly max_storage_gb: number;
  readonly low_space_percent: number;
  readonly auto_delete: boolean;
  /** What footage may take on the disk while it waits for the network share; 0: a quarter of the free space. */
  readonly spool_max_gb: number;
}

export const BUILT_IN_STORAGE: StorageDefaults = {
  minimum_retention_days: 0,
  max_storage_gb: 0,
  low_space_percent: 10,
  auto_delete: true,
  spool_max_gb: 0,
};

/** Changes of them; null: the built-in value holds again. */
export type StorageChanges = { readonly [K in keyof StorageDefaults]?: StorageDefaults[K] | null | undefined };

/** With what was not changed as it is built in. Pure. */
export function resolvedStorage(changed: StorageChanges): StorageDefaults {
  return {
    minimum_retention_days: changed.minimum_retention_days ?? BUILT_IN_STORAGE.minimum_retention_days,
    max_storage_gb: changed.max_storage_gb ?? BUILT_IN_STORAGE.max_storage_gb,
    low_space_percent: changed.low_space_percent ?? BUILT_IN_STORAGE.low_space_percent,
    auto_delete: changed.auto_delete ?? BUILT_IN_STORAGE.auto_delete,
    spool_max_gb: changed.spool_max_gb ?? BUILT_IN_STORAGE.spool_max_gb,
  };
}

/** After a merge patch: absent keys stay, null goes. Pure. */
export function mergePatch<T extends object>(present: T, patch: Partial<T> | null | undefined): T {
  if (patch === null) return {} as T;
  const merged = Object.entries({ ...present, ...patch });
  return Object.fromEntries(merged.filter(([, value]) => value !== null && value !== undefined)) as T;
}

/** Days, hours and minutes, as people set how long footage is kept. */
export interface RetentionParts {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

/** A number of days, to the minute. Pure. */
export function retentionParts(retentionDays: number): RetentionParts {
  const all = Math.round(retentionDays * MINUTES_PER_DAY);
  return {
    days: Math.floor(all / MINUTES_PER_DAY),
    hours: Math.floor((all % MINUTES_PER_DAY) / 60),
    minutes: all % 60,
  };
}

/** The number of days. Pure. */
export function retentionDays({ days, hours, minutes }: RetentionParts): number {
  return days + hours / 24 + minutes / MINUTES_PER_DAY;
}

/** What a camera's footage is promised, and may take. */
export interface CameraPromise {
  /** 0: until space is needed. */
  readonly retentionMs: number;
  readonly minimumRetentionMs: number;
  /** 0: no limit of its own. */
  readonly maxBytes: number;
}

/** A camera's own storage settings with what it inherits. Pure. */
export function cameraPromise(
  own: StorageOverrides,
  effective: { readonly retention_days: number },
  defaults: StorageDefaults,
): CameraPromise {
  return {
    retentionMs: Math.round(effective.retention_days * MINUTES_PER_DAY) * 60_000,
    minimumRetentionMs: Math.round((own.minimum_retention_days ?? defaults.minimum_retention_days) * DAY_MS),
    maxBytes: Math.round((own.max_storage_gb ?? 0) * BYTES_PER_GB),
  };
}
