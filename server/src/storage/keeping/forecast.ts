import type { CameraPromise } from "../../recording/storage-settings.ts";
import { DAY_MS } from "../../recording/storage-settings.ts";

/** What is known of one camera's footage. */
export interface ForecastCamera extends CameraPromise {
  readonly cameraId: number;
  readonly tenantId: number;
  /** 0: it records nothing, as far as was seen. */
  readonly bytesPerDay: number;
}

export interface ForecastInputs {
  readonly cameras: readonly ForecastCamera[];
  /** What footage may take in all, with the space there is and the limit over all; null: not known. */
  readonly capacityBytes: number | null;
  /** By tenant; absent or 0: no limit. */
  readonly tenantMaxBytes: ReadonlyMap<number, number>;
}

/** For how many days a camera's footage will be held at this rate; null: not known, or without end. */
export interface CameraForecast {
  readonly cameraId: number;
  readonly daysToCome: number | null;
  /** null: there is no such promise, or it is not known. */
  readonly retentionKept: boolean | null;
  readonly minimumRetentionKept: boolean | null;
}

/** A promise is kept when it is off by less than this share: rates vary. */
const TOLERANCE = 0.01;
const LONGEST_DAYS = 100_000;

/**
 * What becomes of the promises when everything goes on as it does. The oldest footage of all cameras goes first, so all are held for the same
 * time: as long as the space lasts, but none longer than its own limits and none shorter than its minimum retention. Pure.
 */
export function forecast({ cameras, capacityBytes, tenantMaxBytes }: ForecastInputs): CameraForecast[] {
  const days = new Map<number, number>(cameras.map((camera) => [camera.cameraId, ownDays(camera)]));
  for (const [tenantId, maxBytes] of tenantMaxBytes) {
    if (maxBytes > 0)
      share(
        cameras.filter((camera) => camera.tenantId === tenantId),
        maxBytes,
        days,
      );
  }
  if (capacityBytes !== null) share(cameras, capacityBytes, days);
  return cameras.map((camera) => judged(camera, days.get(camera.cameraId) ?? 0, capacityBytes !== null));
}

/** As long as the camera's retention and its own limit allow. */
function ownDays({ retentionMs, maxBytes, bytesPerDay }: ForecastCamera): number {
  const byAge = retentionMs > 0 ? retentionMs / DAY_MS : LONGEST_DAYS;
  const bySize = maxBytes > 0 && bytesPerDay > 0 ? maxBytes / bytesPerDay : LONGEST_DAYS;
  return Math.min(byAge, bySize);
}

/** Shortens the days of all so that together they fit, the promised minimum last. */
function share(cameras: readonly ForecastCamera[], capacityBytes: number, days: Map<number, number>): void {
  const limits = cameras.map((camera) => {
    const most = days.get(camera.cameraId) ?? 0;
    return { camera, most, least: Math.min(most, camera.minimumRetentionMs / DAY_MS) };
  });
  const needed = (allDays: number) =>
    limits.reduce(
      (sum, { camera, most, least }) => sum + camera.bytesPerDay * Math.max(least, Math.min(most, allDays)),
      0,
    );
  if (needed(LONGEST_DAYS) <= capacityBytes) return;
  let low = 0;
  let high = LONGEST_DAYS;
  // So often that what is left is less than a second.
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (needed(middle) <= capacityBytes) low = middle;
    else high = middle;
  }
  // Where not even the minimum fits, what there is room for is what all get of it.
  const fits = needed(0) > capacityBytes ? Math.max(0, capacityBytes) / needed(0) : 1;
  for (const { camera, most, least } of limits) days.set(camera.cameraId, Math.max(least, Math.min(most, low)) * fits);
}

function judged(camera: ForecastCamera, days: number, capacityKnown: boolean): CameraForecast {
  const { cameraId, retentionMs, minimumRetentionMs, bytesPerDay } = camera;
  const known = capacityKnown && bytesPerDay > 0;
  const keeps = (promisedMs: number) =>
    known && promisedMs > 0 ? days >= (promisedMs / DAY_MS) * (1 - TOLERANCE) : null;
  return {
    cameraId,
    daysToCome: known && days < LONGEST_DAYS ? days : null,
    retentionKept: keeps(retentionMs),
    minimumRetentionKept: keeps(minimumRetentionMs),
  };
}
