import type { StorageSettings } from "@nightjar/api/settings";

/** The limits as they are typed; "" is a number that is being typed. */
export interface StorageDraft {
  readonly days: number | "";
  readonly hours: number | "";
  readonly minutes: number | "";
  readonly minimum_retention_days: number | "";
  readonly max_storage_gb: number | "";
  readonly low_space_percent: number | "";
  readonly auto_delete: boolean;
  readonly path: string;
}

const NUMBERS = [
  "days",
  "hours",
  "minutes",
  "minimum_retention_days",
  "max_storage_gb",
  "low_space_percent",
] as const satisfies readonly (keyof StorageDraft)[];
export type StorageNumber = (typeof NUMBERS)[number];

type StoragePatch = Partial<Omit<StorageSettings, "retention">> & { retention?: StorageSettings["retention"] };

export function storageDraft(storage: Omit<StorageSettings, "spool_max_gb" | "nas" | "s3" | "sftp">): StorageDraft {
  const { retention, minimum_retention_days, max_storage_gb, low_space_percent, auto_delete, path } = storage;
  return { ...retention, minimum_retention_days, max_storage_gb, low_space_percent, auto_delete, path };
}

/** Numbers that are missing. */
export function missingNumbers(draft: StorageDraft): StorageNumber[] {
  return NUMBERS.filter((key) => draft[key] === "");
}

/** The merge patch that makes one of the other; empty where nothing was changed. Only of a draft without missing numbers. */
export function storageChanges(before: StorageDraft, after: StorageDraft): StoragePatch {
  const number = (key: StorageNumber) => Number(after[key]);
  const isChanged = (key: keyof StorageDraft) => before[key] !== after[key];
  const retention = { days: number("days"), hours: number("hours"), minutes: number("minutes") };
  const keepsRetention = !(["days", "hours", "minutes"] as const).some(isChanged);
  return {
    ...(keepsRetention ? {} : { retention }),
    ...(isChanged("minimum_retention_days") ? { minimum_retention_days: number("minimum_retention_days") } : {}),
    ...(isChanged("max_storage_gb") ? { max_storage_gb: number("max_storage_gb") } : {}),
    ...(isChanged("low_space_percent") ? { low_space_percent: number("low_space_percent") } : {}),
    ...(isChanged("auto_delete") ? { auto_delete: after.auto_delete } : {}),
    ...(isChanged("path") ? { path: after.path.trim() } : {}),
  };
}
