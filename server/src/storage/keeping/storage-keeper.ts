import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { NAME_TOLERANCE_MS } from "../../catalog/segments.ts";
import type { ClockBelief } from "../../footage/clock-belief.ts";
import { DeletionPlanner, type PlannedDeletion } from "../../footage/deletion-plan.ts";
import { volumeState } from "../../footage/volume.ts";
import type { ClockTrust } from "../../recording/clock-trust.ts";
import { isLocked } from "../../recording/lock.ts";
import type { ShareArchive } from "../archive/share-archive.ts";
import type { ShareKeeper } from "../archive/share-keeper.ts";
import type { IdleCameraFootage } from "../idle-camera-footage.ts";
import type { FootageDeletion } from "./footage-deletion.ts";
import { FootageMeasure, type MeasuredFootage } from "./footage-measure.ts";
import { heldCameras, missingFreeBytes, nextCheckMs, stopBelowBytes, type Unmet } from "./limits.ts";
import { oldestFirst } from "./oldest-first.ts";
import { type ShareView, viewShare } from "./share-view.ts";
import type { Space } from "./space.ts";
import { type StorageAlert, storageAlerts } from "./storage-alerts.ts";
import {
  type CameraFacts,
  deletionPolicy,
  type OpenBytes,
  type StorageFacts,
  storageFacts,
  usedBytes,
} from "./storage-facts.ts";
import type { StorageOrders } from "./storage-orders.ts";

const SWEEP_EVERY_MS = 3_600_000;
/** With auto delete free space may be below the threshold for so long before people are told: the oldest footage goes meanwhile. */
const LOW_SPACE_FOR_MS = 300_000;
/** More is not planned at once; what is left comes with the next check, soon. */
const DELETIONS_AT_ONCE = 400;
const SOON_MS = 2000;
/** A share is told of when it cannot be used for this long. */
const SHARE_AWAY_FOR_MS = 10_000;

export interface StorageKeeperOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly orders: StorageOrders;
  readonly belief: ClockBelief;
  readonly deletion: FootageDeletion;
  readonly idle: IdleCameraFootage;
  /** Finds out which volume the recordings are on, while that is not known. */
  readonly findVolume: () => Promise<void>;
  /** null: it does not answer. Never rejects. */
  readonly spaceOf: (path: string) => Promise<Space | null>;
  readonly recordings: () => string;
  readonly workers: {
    hasWorker(cameraId: number): boolean;
    readonly openBytes: OpenBytes;
    /** What all cameras together write in a second, or would where recording has had to stop. */
    readonly bytesPerSecond: () => number;
  };
  /** Workers must be told of changed orders. */
  readonly ordersChanged: () => void;
  readonly showAlerts: (alerts: readonly StorageAlert[]) => Promise<void>;
  /** `footage`: deletes what lies there. null: there is no share, and never will be. */
  readonly share: {
    readonly keeper: ShareKeeper;
    readonly archive: ShareArchive;
    readonly footage: IdleCameraFootage;
  } | null;
}

/** What was found at the last check. */
export interface StorageView {
  readonly facts: StorageFacts;
  readonly measured: MeasuredFootage;
  readonly space: Space | null;
  readonly lowSpace: boolean;
  readonly trust: ClockTrust;
  /** null: footage stays on the disk. */
  readonly share: ShareView | null;
}

/**
 * Keeps the limits of all footage: looks, whenever a segment was closed and every minute (more often where little is left), at sizes and free
 * space, has the oldest deleted that may be, and says so where that is not enough.
 */
export class StorageKeeper {
  readonly #options: StorageKeeperOptions;
  readonly #measure: FootageMeasure;
  #lowSinceMs: number | null = null;
  #sweptAtMs: number | null = null;
  /** Files that are not what the catalog says: planning them again would never make room. */
  readonly #skipped = new Set<string>();
  #checking: Promise<StorageView | null> = Promise.resolve(null);
  #next: Promise<StorageView | null> | null = null;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: StorageKeeperOptions) {
    this.#options = options;
    this.#measure = new FootageMeasure(options);
  }

  start(): void {
    void this.check();
  }

  /** Looks now, or joins the look that has not begun yet; null: it failed. Never rejects. */
  check(): Promise<StorageView | null> {
    this.#next ??= this.#checking.then(async () => {
      this.#next = null;
      if (this.#closed) return null;
      this.#cancel();
      let nextMs = SOON_MS;
      try {
        const { view, inMs } = await this.#look();
        nextMs = inMs;
        return view;
      } catch (error) {
        this.#options.log.error("storage could not be looked at; it is tried again", { error });
        return null;
      } finally {
        if (!this.#closed) this.#cancel = this.#options.clock.after(nextMs, () => void this.check());
      }
    });
    this.#checking = this.#next;
    return this.#checking;
  }

  /** What is under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#checking;
  }

  async #look(): Promise<{ view: StorageView; inMs: number }> {
    const { catalog, belief, findVolume, workers, orders, spaceOf } = this.#options;
    await findVolume();
    const trust = await belief.judge();
    const believed = trust.kind === "believed";
    const facts = await storageFacts(catalog, workers.openBytes);
    await this.#deleteUnwanted(facts, believed);
    await this.#sweep(facts, believed);
    const isThere = (await volumeState(orders.volume)).kind === "ok";
    const path = this.#options.recordings();
    const before = isThere ? await spaceOf(path) : null;
    const share = await viewShare(this.#options.share, before, facts.defaults, {
      ...{ bytesPerSecond: workers.bytesPerSecond(), footageBytes: usedBytes(facts.cameras) },
    });
    const { unmet, deleted, complete } = isThere
      ? await this.#makeRoom(facts, { space: before, share }, trust)
      : { unmet: NOTHING_UNMET, deleted: 0, complete: true };
    const space = deleted > 0 ? await spaceOf(path) : before;
    if (deleted > 0 && share?.problem?.kind === "full") this.#options.share?.archive.retry();
    const stopBytes = stopBelowBytes(space, facts.defaults.auto_delete, workers.bytesPerSecond());
    this.#order(facts, unmet, { stopBytes, trust });
    const view = await this.#view(facts, { space, share }, trust, stopBytes);
    await this.#tell(view);
    const dueMs = complete ? nextCheckMs(tightest(space, share), stopBytes, workers.bytesPerSecond()) : SOON_MS;
    const inMs = share?.problem && !this.#isAway(share) ? Math.min(dueMs, SHARE_AWAY_FOR_MS) : dueMs;
    return { view, inMs };
  }

  /** Deletes the oldest that may go until every limit is met. */
  async #makeRoom(
    facts: StorageFacts,
    { space, share }: { readonly space: Space | null; readonly share: ShareView | null },
    trust: ClockTrust,
  ): Promise<{ unmet: Unmet; deleted: number; complete: boolean }> {
    const { catalog, clock, log, workers } = this.#options;
    const { low_space_percent, auto_delete } = facts.defaults;
    const missing =
      space === null
        ? 0
        : missingFreeBytes(space, {
            lowSpacePercent: low_space_percent,
            footageBytes: share?.spoolBytes ?? usedBytes(facts.cameras),
            stopBytes: stopBelowBytes(space, true, workers.bytesPerSecond()),
          });
    const excess = share?.excessBytes ?? 0;
    const policy = deletionPolicy(facts, {
      missingFreeBytes: auto_delete ? Math.max(missing, excess) : 0,
      missingOnShareBytes: auto_delete ? (share?.missingBytes ?? 0) : 0,
      byAge: false,
    });
    const planner = new DeletionPlanner(policy, { nowMs: clock.nowMs(), trust });
    const met = (): Unmet => ({ ...planner.unmet, spool: excess > 0 && (!auto_delete || planner.unmet.disk) });
    if (planner.spaceIsMet || !auto_delete) return { unmet: met(), deleted: 0, complete: true };
    const byId = new Map(facts.cameras.map((one) => [one.camera.id, one]));
    const plan: PlannedDeletion[] = [];
    const withFootage = facts.cameras.filter(({ usage }) => usage.oldestMs !== null).map(({ camera }) => camera.id);
    // Where only the disk lacks room, what lies on the share need not be looked through.
    const onDisk = share !== null && planner.lacksOnlyDisk ? share.oldestMs : null;
    const from = (id: number): number => (onDisk === null ? 0 : (onDisk.get(id) ?? clock.nowMs()) - NAME_TOLERANCE_MS);
    for await (const segment of oldestFirst(catalog, withFootage, from)) {
      if (this.#skipped.has(`${segment.cameraId}/${segment.name}`)) continue;
      const decided = planner.take(segment);
      if (decided !== null && typeof decided === "object") plan.push(decided);
      if (planner.spaceIsMet || plan.length >= DELETIONS_AT_ONCE) break;
    }
    const unmet = planner.spaceIsMet || plan.length >= DELETIONS_AT_ONCE ? NOTHING_UNMET : met();
    let deleted = 0;
    for (const { cameraId, names, reason } of inRuns(plan)) {
      const camera = byId.get(cameraId);
      if (camera === undefined) continue;
      try {
        const why = reason.replaceAll("_", " ");
        deleted += await this.#delete(camera, trust.kind === "believed", { names, cause: "deleted_by_retention", why });
      } catch (error) {
        log.warn("footage that must make room could not be deleted; it is tried again", {
          camera: cameraId,
          reason: errorMessage(error),
        });
      }
    }
    return { unmet, deleted, complete: deleted === plan.length && plan.length < DELETIONS_AT_ONCE };
  }

  async #delete(
    { camera, locks }: CameraFacts,
    believed: boolean,
    command: Parameters<FootageDeletion["delete"]>[1],
  ): Promise<number> {
    const { deleted, refused } = await this.#options.deletion.delete({ camera, locks, believed }, command);
    for (const { name, reason } of refused) {
      if (reason === "locked" || reason === "missing") continue;
      this.#skipped.add(`${camera.id}/${name}`);
      const fields = { camera: camera.id, name, reason };
      this.#options.log.warn("a file in the place of a segment is none of ours, or not closed; it stays", fields);
    }
    return deleted.length;
  }

  /** Of cameras that were removed together with their footage. */
  async #deleteUnwanted(facts: StorageFacts, believed: boolean): Promise<void> {
    const { catalog, clock, workers, log } = this.#options;
    for (const one of facts.cameras) {
      const { camera, usage, locks } = one;
      if (!camera.footageUnwanted || usage.oldestMs === null || workers.hasWorker(camera.id)) continue;
      const names: string[] = [];
      const lockNowMs = believed ? clock.nowMs() : Number.NEGATIVE_INFINITY;
      for await (const segment of oldestFirst(catalog, [camera.id])) {
        const { name, open } = segment;
        const stays = open || isLocked(segment, locks, lockNowMs) || this.#skipped.has(`${camera.id}/${name}`);
        if (!stays) names.push(name);
        if (names.length >= DELETIONS_AT_ONCE) break;
      }
      const why = "removed with its camera";
      await this.#delete(one, believed, { names, cause: "deleted_by_user", why }).catch((error) =>
        log.warn("footage of a removed camera could not be deleted; it is tried again", { camera: camera.id, error }),
      );
    }
  }

  /** Every hour, in the place of the workers that these cameras have not; and what lies on the share. */
  async #sweep(facts: StorageFacts, believed: boolean): Promise<void> {
    const { clock, idle, workers } = this.#options;
    if (this.#sweptAtMs !== null && clock.monotonicMs() - this.#sweptAtMs < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = clock.monotonicMs();
    for (const { camera, locks, promise } of facts.cameras) {
      if (!workers.hasWorker(camera.id)) await idle.sweep({ camera, locks, believed }, promise);
    }
    const { share } = this.#options;
    if (share?.keeper.share == null) return;
    for (const one of facts.cameras) await this.#sweepShare(one, believed, share.footage);
  }

  async #sweepShare(one: CameraFacts, believed: boolean, footage: IdleCameraFootage): Promise<void> {
    const { catalog, clock, log } = this.#options;
    const { camera, locks, promise, usage } = one;
    await footage.finish({ camera, locks, believed });
    const cutoffMs = clock.nowMs() - Math.max(promise.retentionMs, promise.minimumRetentionMs);
    if (!believed || promise.retentionMs <= 0 || (usage.oldestMs ?? cutoffMs) >= cutoffMs) return;
    const names: string[] = [];
    for await (const segment of oldestFirst(catalog, [camera.id])) {
      if (segment.endMs >= cutoffMs || names.length >= DELETIONS_AT_ONCE) break;
      if (segment.onShare && !isLocked(segment, locks, clock.nowMs())) names.push(segment.name);
    }
    // The rest goes with the next check.
    if (names.length >= DELETIONS_AT_ONCE) this.#sweptAtMs = null;
    await this.#delete(one, believed, { names, cause: "deleted_by_retention", why: "retention" }).catch((error) =>
      log.warn("footage past its retention could not be deleted from the share; it is tried again", {
        ...{ camera: camera.id, reason: errorMessage(error) },
      }),
    );
  }

  /** A retention was changed: cameras without a worker are swept with the next check. */
  sweepSoon(): void {
    this.#sweptAtMs = null;
    void this.check();
  }

  #order(facts: StorageFacts, unmet: Unmet, now: { readonly stopBytes: number; readonly trust: ClockTrust }): void {
    const { orders, ordersChanged, clock } = this.#options;
    const { trust } = now;
    const clockBelievedMs = trust.kind === "believed" ? clock.nowMs() : orders.clockBelievedMs;
    const held = heldCameras(facts, unmet);
    if (orders.decide({ clockBelievedMs, stopBelowBytes: now.stopBytes, held })) ordersChanged();
  }

  async #view(
    facts: StorageFacts,
    { space, share }: { readonly space: Space | null; readonly share: ShareView | null },
    trust: ClockTrust,
    stopBytes: number,
  ): Promise<StorageView> {
    const { clock } = this.#options;
    const isLow = space !== null && space.freeBytes < (space.sizeBytes * facts.defaults.low_space_percent) / 100;
    if (!isLow) this.#lowSinceMs = null;
    else this.#lowSinceMs ??= clock.monotonicMs();
    const waitMs = facts.defaults.auto_delete ? LOW_SPACE_FOR_MS : 0;
    const lowSpace = this.#lowSinceMs !== null && clock.monotonicMs() - this.#lowSinceMs >= waitMs;
    // What waits on the disk goes on; the share is what must hold it.
    const known = share?.space?.exact === true ? share.space : null;
    const measured = await this.#measure.measure(facts, share === null ? space : known, share ? 0 : stopBytes);
    return { facts, measured, space, lowSpace, trust, share };
  }

  /** What comes back at once need not be told. */
  #isAway({ sinceMs }: ShareView): boolean {
    return sinceMs !== null && this.#options.clock.nowMs() - sinceMs >= SHARE_AWAY_FOR_MS;
  }

  async #tell({ facts, measured, space, lowSpace, trust, share }: StorageView): Promise<void> {
    const percent = facts.defaults.low_space_percent;
    await this.#options.showAlerts(
      storageAlerts({
        volumePath: this.#options.recordings(),
        lowSpace: lowSpace && space !== null ? { ...space, percent } : null,
        autoDelete: facts.defaults.auto_delete,
        trust,
        broken: measured.broken,
        share: share === null ? null : { ...share, isAway: this.#isAway(share) },
      }),
    );
  }
}

/** What fills first: the disk, or what may wait on it for the share. */
function tightest(space: Space | null, share: ShareView | null): Space | null {
  if (share?.limitBytes == null || space === null) return space;
  return { ...space, freeBytes: Math.min(space.freeBytes, share.limitBytes - share.spoolBytes) };
}

const NOTHING_UNMET: Unmet = { cameraIds: [], tenantIds: [], total: false, disk: false };

interface Run {
  readonly cameraId: number;
  readonly names: string[];
  readonly reason: PlannedDeletion["reason"];
}

/** What goes one after the other of one camera, for one reason: so the oldest of all go first. */
function inRuns(plan: readonly PlannedDeletion[]): Run[] {
  const runs: Run[] = [];
  for (const { segment, reason } of plan) {
    const last = runs.at(-1);
    if (last?.cameraId === segment.cameraId && last.reason === reason) last.names.push(segment.name);
    else runs.push({ cameraId: segment.cameraId, names: [segment.name], reason });
  }
  return runs;
}
