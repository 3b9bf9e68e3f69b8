import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { EventHub } from "../base/event-hub.ts";
import type { Log } from "../base/log.ts";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { DataPaths } from "../config/settings.ts";
import { ClockBelief } from "../footage/clock-belief.ts";
import { type VolumeState, volumeState } from "../footage/volume.ts";
import type { DeleteAnswer, DeleteCommand } from "../ipc/messages.ts";
import { instant, type OpenSegment } from "../recording/wire.ts";
import { ShareArchive } from "./archive/share-archive.ts";
import { shareDeletionPlace } from "./archive/share-deletion.ts";
import type { ShareKeeper } from "./archive/share-keeper.ts";
import { IdleCameraFootage } from "./idle-camera-footage.ts";
import { type DeletingWorkers, FootageDeletion } from "./keeping/footage-deletion.ts";
import type { Space } from "./keeping/space.ts";
import type { StorageAlert } from "./keeping/storage-alerts.ts";
import { storageFacts, type TriedChange } from "./keeping/storage-facts.ts";
import { StorageKeeper, type StorageView } from "./keeping/storage-keeper.ts";
import type { StorageOrders } from "./keeping/storage-orders.ts";
import { type DeletionSum, previewDeletions } from "./keeping/storage-preview.ts";
import type { PlaceKeeper } from "./places/place-keeper.ts";

export interface FootageStorageOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventHub;
  readonly paths: DataPaths;
  readonly orders: StorageOrders;
  readonly places: PlaceKeeper;
  readonly workers: DeletingWorkers & {
    openSegments(cameraId: number): readonly OpenSegment[];
    /** What all cameras together write in a second, or would where recording has had to stop. */
    bytesPerSecond(): number;
    /** Resolves when the workers' settings say what the orders do. */
    recordingRulesChanged(): Promise<void>;
  };
  /** null: it does not answer. Never rejects. */
  readonly spaceOf: (path: string) => Promise<Space | null>;
  readonly share: ShareKeeper;
  readonly showAlerts: (alerts: readonly StorageAlert[]) => Promise<void>;
}

/** Everything the server does about footage that is there: keeps its limits, deletes, tries changes. `start()` once, `close()` once. */
export class FootageStorage {
  readonly places: PlaceKeeper;
  readonly share: ShareKeeper;
  readonly #archive: ShareArchive;
  readonly #options: FootageStorageOptions;
  readonly #belief: ClockBelief;
  readonly #deletion: FootageDeletion;
  readonly #keeper: StorageKeeper;

  private constructor(options: FootageStorageOptions, belief: ClockBelief) {
    const { catalog, clock, log, paths, orders, places, workers, spaceOf, showAlerts, share } = options;
    this.#options = options;
    this.#belief = belief;
    this.places = places;
    this.share = share;
    const deleting = {
      ...{ catalog, clock, log: log.named("recordings"), places: paths, orders },
      onDeleted: this.#tellDeleted.bind(this),
    };
    const idle = new IdleCameraFootage(deleting);
    const placeOf = (camera: StoredCamera) => shareDeletionPlace(share, camera.id, () => orders.volume);
    const onShare = new IdleCameraFootage({ ...deleting, elsewhere: placeOf });
    this.#deletion = new FootageDeletion({ catalog, workers, idle, onShare });
    this.#archive = new ShareArchive({
      ...{ catalog, clock, log: log.named("share"), keeper: share, workers, idle },
      recordings: () => paths.recordings,
      volume: () => orders.volume,
      onChanged: () => this.#keeperCheck(),
    });
    share.onChanged = () => this.#archive.retry();
    this.#keeper = new StorageKeeper({
      catalog,
      clock,
      log: log.named("storage"),
      orders,
      belief,
      deletion: this.#deletion,
      idle,
      findVolume: () => places.findVolume(),
      spaceOf,
      recordings: () => paths.recordings,
      workers: {
        hasWorker: (id) => workers.hasWorker(id),
        openBytes: (id) => workers.openSegments(id).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        bytesPerSecond: () => workers.bytesPerSecond(),
      },
      ordersChanged: () => void workers.recordingRulesChanged(),
      showAlerts,
      share: { keeper: share, archive: this.#archive, footage: onShare },
    });
  }

  /** `log`: the server's own. Rejects when the catalog does not answer. */
  static async open(options: FootageStorageOptions): Promise<FootageStorage> {
    const { catalog, clock, paths } = options;
    const usage = await catalog.acrossTenants.usageByCamera();
    const newestMs = Math.max(0, ...usage.map((one) => one.newestMs ?? 0));
    const path = join(paths.root, "clock-believed");
    const belief = await ClockBelief.open({ clock, path, newestMs, confirmedMs: () => null });
    return new FootageStorage(options, belief);
  }

  start(): void {
    this.#keeper.start();
    this.#archive.start();
  }

  async close(): Promise<void> {
    const archived = this.#archive.close();
    // What is being copied is copied anew by the next server.
    await this.share.close();
    await archived;
    await this.#keeper.close();
  }

  /** Looks at everything now. null: it could not. */
  async view(): Promise<StorageView | null> {
    return this.#keeper.check();
  }

  /** What footage takes, or what it may, has changed. Returns at once. */
  changed(): void {
    this.#archive.changed();
    this.#keeperCheck();
  }

  #keeperCheck(): void {
    void this.#keeper.check();
  }

  /** How long footage is kept has changed: it takes effect at once, also on cameras without a worker. Returns at once. */
  retentionChanged(): void {
    this.#keeper.sweepSoon();
  }

  /** Whether the volume of the recordings is there. */
  volumeState(): Promise<VolumeState> {
    return volumeState(this.#options.orders.volume);
  }

  /** Deletes segments of a camera, but none that is locked. Throws `worker_unavailable`, `unavailable`. */
  async delete(camera: StoredCamera, command: DeleteCommand): Promise<Omit<DeleteAnswer, "problem">> {
    const believed = (await this.#belief.judge()).kind === "believed";
    const locks = (await this.#options.catalog.acrossTenants.locksByCamera()).get(camera.id) ?? [];
    const answer = await this.#deletion.delete({ camera, locks, believed }, command);
    this.changed();
    return answer;
  }

  /** What would be deleted now after a change, by camera. */
  async preview(tried: TriedChange): Promise<ReadonlyMap<number, DeletionSum>> {
    const { catalog, clock, spaceOf, paths } = this.#options;
    const facts = await storageFacts(catalog, () => 0, tried);
    // What the disk lacks says nothing of footage that does not stay there.
    const space = this.share.active ? null : await spaceOf(paths.recordings);
    return previewDeletions(catalog, facts, { space, nowMs: clock.nowMs() });
  }

  /** An administrator says that the clock is right. */
  async confirmClock(): Promise<void> {
    await this.#belief.confirm();
    this.retentionChanged();
  }

  #tellDeleted(
    { id, tenantId }: StoredCamera,
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  ) {
    const ends = { start: instant(startMs), end: instant(endMs) };
    this.#options.events.publish({ tenantId, event: { type: "footage.deleted", camera_id: id, ...ends } });
  }
}
