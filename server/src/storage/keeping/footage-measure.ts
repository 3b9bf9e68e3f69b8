import type { Clock } from "../../base/clock.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { BYTES_PER_GB, DAY_MS } from "../../recording/storage-settings.ts";
import { type CameraForecast, forecast } from "./forecast.ts";
import type { Space } from "./space.ts";
import type { BrokenPromise } from "./storage-alerts.ts";
import { type CameraFacts, type StorageFacts, usedBytes } from "./storage-facts.ts";

/** A measured rate holds for this long. */
const MEASURE_EVERY_MS = 60_000;
/** So much footage tells a rate well enough to say that a promise will break. */
const ENOUGH_MS = 3_600_000;
/** Less does, where the loss is no further off than so many times what was measured. */
const NEAR_LOSS_FACTOR = 10;
/** Less tells nothing. */
const LEAST_MS = 10_000;

export interface MeasuredFootage {
  /** By camera; absent: too little to measure. */
  readonly bytesPerDay: ReadonlyMap<number, number>;
  readonly forecasts: ReadonlyMap<number, CameraForecast>;
  /** Promises of which it is time to say that they cannot be kept. */
  readonly broken: readonly BrokenPromise[];
}

interface Rate {
  readonly atMs: number;
  readonly bytesPerDay: number;
  /** How much time was looked at. */
  readonly basisMs: number;
}

/** Measures what cameras record in a day, and what that means for the promises. */
export class FootageMeasure {
  readonly #options: { readonly catalog: Pick<Catalog, "acrossTenants">; readonly clock: Clock };
  readonly #rates = new Map<number, Rate>();

  constructor(options: { readonly catalog: Pick<Catalog, "acrossTenants">; readonly clock: Clock }) {
    this.#options = options;
  }

  /** `keptFreeBytes`: what recording leaves free at the least. */
  async measure(facts: StorageFacts, space: Space | null, keptFreeBytes: number): Promise<MeasuredFootage> {
    const { cameras, tenantMaxBytes, defaults } = facts;
    for (const one of cameras) await this.#measureOne(one);
    const rateOf = (id: number) => this.#rates.get(id);
    const free = space === null ? null : usedBytes(cameras) + space.freeBytes - keptFree(facts, space, keptFreeBytes);
    const limit = defaults.max_storage_gb * BYTES_PER_GB;
    const capacityBytes = limit > 0 ? Math.min(limit, free ?? limit) : free;
    const forecasts = forecast({
      cameras: cameras.map(({ camera, promise }) => ({
        ...promise,
        cameraId: camera.id,
        tenantId: camera.tenantId,
        bytesPerDay: rateOf(camera.id)?.bytesPerDay ?? 0,
      })),
      capacityBytes,
      tenantMaxBytes,
    });
    const byCamera = new Map(forecasts.map((one) => [one.cameraId, one]));
    const broken = cameras.flatMap((one): BrokenPromise[] => {
      const found = byCamera.get(one.camera.id);
      const rate = rateOf(one.camera.id);
      if (found === undefined || rate === undefined || !this.#isTimeToSay(one, found, rate)) return [];
      return [{ facts: one, forecast: found }];
    });
    const measured = [...this.#rates].filter(([id]) => byCamera.has(id));
    const bytesPerDay = new Map(measured.map(([id, rate]) => [id, Math.round(rate.bytesPerDay)]));
    return { bytesPerDay, forecasts: byCamera, broken };
  }

  #isTimeToSay({ camera, usage }: CameraFacts, found: CameraForecast, { basisMs }: Rate): boolean {
    if (found.retentionKept !== false && found.minimumRetentionKept !== false) return false;
    if (camera.deletedAtMs !== null) return false;
    const heldMs = usage.oldestMs === null ? 0 : this.#options.clock.nowMs() - usage.oldestMs;
    const untilLossMs = (found.daysToCome ?? 0) * DAY_MS - heldMs;
    return basisMs >= ENOUGH_MS || untilLossMs < NEAR_LOSS_FACTOR * basisMs;
  }

  async #measureOne({ camera, usage }: CameraFacts): Promise<void> {
    const { catalog, clock } = this.#options;
    const nowMs = clock.nowMs();
    const known = this.#rates.get(camera.id);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < MEASURE_EVERY_MS) return;
    const { oldestMs, newestMs } = usage;
    const fromMs = Math.max(nowMs - DAY_MS, oldestMs ?? nowMs);
    // Of a camera with less than a day of footage, the time that its closed segments are of.
    const toMs = (oldestMs ?? 0) > nowMs - DAY_MS ? Math.min(nowMs, newestMs ?? nowMs) : nowMs;
    if (camera.deletedAtMs !== null || toMs - fromMs < LEAST_MS) {
      this.#rates.delete(camera.id);
      return;
    }
    const bytes = await catalog.acrossTenants.bytesBegunIn(camera.id, { startMs: fromMs, endMs: nowMs });
    const basisMs = toMs - fromMs;
    this.#rates.set(camera.id, { atMs: nowMs, basisMs, bytesPerDay: (bytes * DAY_MS) / basisMs });
  }
}

/** Auto delete keeps the threshold free; without it footage may take all but what recording stops at. */
function keptFree({ defaults }: StorageFacts, { sizeBytes }: Space, stopBytes: number): number {
  return defaults.auto_delete ? (sizeBytes * defaults.low_space_percent) / 100 : stopBytes;
}
