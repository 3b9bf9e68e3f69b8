import type { AlertInput } from "../../catalog/alerts.ts";
import { nameSome } from "../../catalog/name-some.ts";
import { DEFAULT_TENANT_ID } from "../../catalog/tenants.ts";
import type { ClockTrust } from "../../recording/clock-trust.ts";
import { DAY_MS } from "../../recording/storage-settings.ts";
import type { CameraForecast } from "./forecast.ts";
import type { ShareView } from "./share-view.ts";
import type { CameraFacts } from "./storage-facts.ts";

export type StorageAlert = AlertInput & { readonly tenantId: number };

/** A camera of which a promise cannot be kept. */
export interface BrokenPromise {
  readonly facts: CameraFacts;
  readonly forecast: CameraForecast;
}

export interface AlertInputs {
  readonly volumePath: string;
  /** Free space has been below the threshold for long; null: it has not. */
  readonly lowSpace: { readonly freeBytes: number; readonly sizeBytes: number; readonly percent: number } | null;
  readonly autoDelete: boolean;
  readonly trust: ClockTrust;
  readonly broken: readonly BrokenPromise[];
  /** null: footage stays on the disk. */
  readonly share: (Pick<ShareView, "problem" | "nearlyFull"> & { readonly isAway: boolean }) | null;
}

/** What people must know of storage. Pure. */
export function storageAlerts({ volumePath, lowSpace, autoDelete, trust, broken, share }: AlertInputs): StorageAlert[] {
  const alerts: StorageAlert[] = [];
  const installation = { tenantId: DEFAULT_TENANT_ID, about: "", cameraIds: [] };
  if (lowSpace !== null) {
    const { freeBytes, sizeBytes, percent } = lowSpace;
    alerts.push({
      ...installation,
      kind: "low_space",
      message: `Only ${gigabytes(freeBytes)} of ${gigabytes(sizeBytes)} are free on the disk of ${volumePath}, less than the ${percent} % that should be.`,
      action: autoDelete
        ? "Nothing more may be deleted: locks and the minimum retention hold the rest, or other files fill the disk. Make room, or allow more to be deleted, before recording stops."
        : "Auto delete is off: make room before recording stops, or switch auto delete on.",
    });
  }
  if (trust.kind === "ahead") {
    const ahead = new Date(trust.believedMs).toISOString();
    alerts.push({
      ...installation,
      kind: "deletion_paused",
      message: `Nothing is deleted because of its age: the server's clock is more than a day ahead of what it was last known to be right (${ahead}).`,
      action:
        "Check the server's clock. When it is right, confirm it (POST /api/storage/confirm-clock); with time synchronisation that happens by itself.",
    });
  }
  return [...alerts, ...shareAlerts(share, autoDelete), ...promiseAlerts(broken)];
}

function shareAlerts(share: AlertInputs["share"], autoDelete: boolean): StorageAlert[] {
  const alerts: StorageAlert[] = [];
  const installation = { tenantId: DEFAULT_TENANT_ID, about: "", cameraIds: [] };
  if (share !== null && share.problem !== null && share.isAway)
    alerts.push({
      ...installation,
      kind: "share_unavailable",
      message: `Footage is not moved to the network share: ${share.problem.message}`,
      action: "Recording goes on; footage waits on the disk, and is moved by itself when the share can be used again.",
    });
  if (share?.nearlyFull === true)
    alerts.push({
      ...installation,
      kind: "spool_full",
      message: "The disk holds nearly as much footage as may wait for the network share.",
      action: autoDelete
        ? "Bring the share back, or allow more to wait: otherwise the oldest footage that waits is deleted."
        : "Bring the share back, or allow more to wait: otherwise recording stops.",
    });
  return alerts;
}

function promiseAlerts(broken: readonly BrokenPromise[]): StorageAlert[] {
  const byTenant = new Map<number, BrokenPromise[]>();
  for (const one of broken) {
    const { tenantId } = one.facts.camera;
    byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), one]);
  }
  return [...byTenant].map(([tenantId, cameras]) => {
    const [worst] = [...cameras].sort((a, b) => (a.forecast.daysToCome ?? 0) - (b.forecast.daysToCome ?? 0));
    const names = nameSome(cameras.map(({ facts }) => facts.camera));
    return {
      tenantId,
      kind: "retention_short",
      about: "",
      cameraIds: cameras.map(({ facts }) => facts.camera.id),
      message: `The space does not last as long as footage should be kept, of ${names}. ${worst === undefined ? "" : shortfall(worst)}`,
      action:
        "Add space, shorten the retention, or lower the cameras' bit rate. Setup › Storage shows what each camera takes.",
    };
  });
}

function shortfall({ facts, forecast }: BrokenPromise): string {
  const { camera, promise } = facts;
  const minimum = forecast.minimumRetentionKept === false;
  const promisedMs = minimum ? promise.minimumRetentionMs : promise.retentionMs;
  const what = minimum ? "guaranteed" : "wanted";
  return `${camera.name}: ${days(promisedMs / DAY_MS)} ${what}, ${days(forecast.daysToCome ?? 0)} at this rate.`;
}

/** In steps, so that the words do not change all the time. */
function days(count: number): string {
  if (count >= 10) return `${Math.floor(count)} days`;
  if (count >= 1) return `${Math.floor(count * 2) / 2} days`;
  return count * 24 >= 1 ? `${Math.floor(count * 24)} hours` : "less than an hour";
}

function gigabytes(bytes: number): string {
  return bytes >= 10e9 ? `${Math.floor(bytes / 1e9)} GB` : `${Math.floor(bytes / 1e8) / 10} GB`;
}
