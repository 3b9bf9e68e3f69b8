import type { RecordingOverrides, StorageOverrides } from "@nightjar/api/camera";
import type { StoredCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { RecordingRules } from "../../catalog/recording-rules.ts";
import type { CameraUsage } from "../../catalog/segments.ts";
import type { DeletionPolicy } from "../../footage/deletion-plan.ts";
import { effectiveRecording } from "../../recording/camera-settings.ts";
import type { LockedSpan } from "../../recording/lock.ts";
import {
  BYTES_PER_GB,
  type CameraPromise,
  cameraPromise,
  type StorageDefaults,
} from "../../recording/storage-settings.ts";

/** One camera with what its footage takes. */
export interface CameraFacts {
  readonly camera: StoredCamera;
  readonly usage: CameraUsage;
  /** Of segments that are not closed yet. */
  readonly openBytes: number;
  readonly promise: CameraPromise;
  readonly locks: readonly LockedSpan[];
}

/** All that decides what is deleted, read at once. */
export interface StorageFacts {
  readonly cameras: readonly CameraFacts[];
  /** By tenant; 0: no limit. */
  readonly tenantMaxBytes: ReadonlyMap<number, number>;
  readonly defaults: StorageDefaults;
}

export type OpenBytes = (cameraId: number) => number;

/** What the settings would be after a change that is only tried. */
export interface TriedChange {
  readonly storage: (present: StorageDefaults) => StorageDefaults;
  readonly retentionDays: (present: number) => number;
  readonly recordingOf: (camera: StoredCamera) => RecordingOverrides;
  readonly storageOf: (camera: StoredCamera) => StorageOverrides;
  /** What a tenant's footage may take; 0: no limit. */
  readonly tenantMaxBytes: (tenantId: number, present: number) => number;
}

const NO_CHANGE: TriedChange = {
  storage: (present) => present,
  retentionDays: (present) => present,
  recordingOf: (camera) => camera.recording,
  storageOf: (camera) => camera.storage,
  tenantMaxBytes: (_tenantId, present) => present,
};

/** Reads it. Rejects when the catalog does not answer. */
export async function storageFacts(
  { acrossTenants }: Pick<Catalog, "acrossTenants">,
  openBytes: OpenBytes,
  tried: TriedChange = NO_CHANGE,
): Promise<StorageFacts> {
  const [all, usages, tenants, rules, locks] = await Promise.all([
    acrossTenants.everyCamera(),
    acrossTenants.usageByCamera(),
    acrossTenants.tenants(),
    acrossTenants.recordingRules(),
    acrossTenants.locksByCamera(),
  ]);
  const byCamera = new Map(usages.map((usage) => [usage.cameraId, usage]));
  // The same for all tenants: only the schedule may differ.
  const defaults = tried.storage(rules.defaultsOf(0).storage);
  const cameras = all.map((camera) => ({
    camera,
    usage: byCamera.get(camera.id) ?? { cameraId: camera.id, ...NOTHING },
    openBytes: openBytes(camera.id),
    promise: promiseOf(camera, rules, defaults, tried),
    locks: locks.get(camera.id) ?? [],
  }));
  const tenantMaxBytes = new Map(tenants.map(({ id, maxStorageBytes: max }) => [id, tried.tenantMaxBytes(id, max)]));
  return { cameras, tenantMaxBytes, defaults };
}

const NOTHING = { count: 0, sizeBytes: 0, durationMs: 0, oldestMs: null, newestMs: null };

function promiseOf(
  camera: StoredCamera,
  rules: RecordingRules,
  defaults: StorageDefaults,
  tried: TriedChange,
): CameraPromise {
  const { recording } = rules.defaultsOf(camera.tenantId);
  const inherited = { ...recording, retention_days: tried.retentionDays(recording.retention_days) };
  return cameraPromise(tried.storageOf(camera), effectiveRecording(tried.recordingOf(camera), inherited), defaults);
}

export function usedBytes(cameras: readonly CameraFacts[]): number {
  return cameras.reduce((sum, { usage, openBytes }) => sum + usage.sizeBytes + openBytes, 0);
}

/** What the planner decides by. Pure. `byAge`: whether it also deletes because of age, or leaves that to the sweeps. */
export function deletionPolicy(
  facts: StorageFacts,
  {
    missingFreeBytes,
    missingOnShareBytes = 0,
    byAge,
  }: { readonly missingFreeBytes: number; readonly missingOnShareBytes?: number; readonly byAge: boolean },
): DeletionPolicy {
  const { cameras, tenantMaxBytes, defaults } = facts;
  const over = (used: number, max: number) => (max > 0 ? used - max : 0);
  const tenantExcessBytes = new Map(
    [...tenantMaxBytes].map(([id, max]) => {
      const own = cameras.filter(({ camera }) => camera.tenantId === id);
      return [id, over(usedBytes(own), max)];
    }),
  );
  return {
    cameras: cameras.map((one) => ({
      cameraId: one.camera.id,
      tenantId: one.camera.tenantId,
      retentionMs: byAge ? one.promise.retentionMs : 0,
      minimumRetentionMs: one.promise.minimumRetentionMs,
      excessBytes: over(usedBytes([one]), one.promise.maxBytes),
      locks: one.locks,
    })),
    tenantExcessBytes,
    totalExcessBytes: over(usedBytes(cameras), defaults.max_storage_gb * BYTES_PER_GB),
    missingFreeBytes,
    missingOnShareBytes,
  };
}
