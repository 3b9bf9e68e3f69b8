import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { errorMessage } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { expireFootage } from "../footage/expire-footage.ts";
import { type CameraFiles, type DeletionPlace, SegmentDeleter } from "../footage/segment-deleter.ts";
import { type DeleteAnswer, type DeleteCommand, workerName } from "../ipc/messages.ts";
import type { LockedSpan } from "../recording/lock.ts";
import type { CameraPromise } from "../recording/storage-settings.ts";
import type { StorageOrders } from "./keeping/storage-orders.ts";

export interface IdleCameraFootageOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** `nightjar.recordings` */
  readonly log: Log;
  readonly places: { readonly recordings: string; readonly workers: string };
  readonly orders: StorageOrders;
  /** Where the segments lie, if not on the disk: then a camera's worker does not delete them, and it need not be without one. */
  readonly elsewhere?: (camera: StoredCamera) => DeletionPlace;
  readonly onDeleted: (camera: StoredCamera, span: { readonly startMs: number; readonly endMs: number }) => void;
}

/** What must be known to delete of a camera's footage. */
export interface IdleDeletion {
  readonly camera: StoredCamera;
  readonly locks: readonly LockedSpan[];
  /** Whether locks may end by the clock. */
  readonly believed: boolean;
}

/** Deletes footage of cameras that have no worker to do so, and what lies on the share. Its callers see to it that nobody else does. */
export class IdleCameraFootage {
  readonly #options: IdleCameraFootageOptions;
  readonly #deleters = new Map<number, { readonly deleter: SegmentDeleter; now: IdleDeletion }>();

  constructor(options: IdleCameraFootageOptions) {
    this.#options = options;
  }

  /** The same answer as a worker's. Never rejects. */
  async delete(deletion: IdleDeletion, command: DeleteCommand): Promise<DeleteAnswer> {
    try {
      const { deleted, moved, refused } = await this.#deleterOf(deletion).delete(command);
      const told = deleted.map(({ name, startMs, endMs, cause }) => ({ name, startMs, endMs, cause }));
      return { deleted: told, moved, refused, problem: null };
    } catch (error) {
      this.#options.log.error("footage could not be deleted", { camera: deletion.camera.id, error });
      return { deleted: [], moved: [], refused: [], problem: errorMessage(error) };
    }
  }

  /** Ends what a crash left half deleted, and deletes what is past its retention. Never rejects. */
  async sweep(deletion: IdleDeletion, { retentionMs, minimumRetentionMs }: CameraPromise): Promise<void> {
    const { clock, log } = this.#options;
    await this.finish(deletion);
    if (!deletion.believed) return;
    const deleter = this.#deleterOf(deletion);
    const files = this.#filesOf(deletion.camera);
    await expireFootage({ files, retentionMs, minimumRetentionMs, clock, deleter, log });
  }

  /** Ends what a crash left half deleted. Never rejects. */
  async finish(deletion: IdleDeletion): Promise<void> {
    const { log } = this.#options;
    const deleter = this.#deleterOf(deletion);
    await deleter.finish().catch((error) =>
      log.warn("a deletion that was begun could not be ended; it is tried again", {
        camera: deletion.camera.id,
        error,
      }),
    );
  }

  #deleterOf(deletion: IdleDeletion): SegmentDeleter {
    const known = this.#deleters.get(deletion.camera.id);
    if (known !== undefined) {
      known.now = deletion;
      return known.deleter;
    }
    const { catalog, clock, log, places, elsewhere, onDeleted } = this.#options;
    const place = elsewhere?.(deletion.camera);
    const { id, tenantId } = deletion.camera;
    const folder = join(places.workers, workerName(tenantId, id));
    const current = () => this.#deleters.get(id)?.now ?? deletion;
    const deleter = new SegmentDeleter({
      files: () => this.#filesOf(current().camera),
      locks: () => current().locks,
      lockNowMs: () => (current().believed ? clock.nowMs() : Number.NEGATIVE_INFINITY),
      ...(place === undefined ? {} : { place }),
      // Not the one that a worker may have at the same time.
      journalPath: join(folder, place === undefined ? "deletions.jsonl" : "share-deletions.jsonl"),
      prepareJournal: () => makeFolder(folder, 0o700),
      clock,
      log,
      report: async ({ name, startMs, endMs, cause }) => {
        await catalog.acrossTenants.takeDeletion(id, { name, startMs, endMs, cause });
        onDeleted(current().camera, { startMs, endMs });
      },
      reportGone: (name) => catalog.acrossTenants.takeGone(id, name, place === undefined ? "disk" : "share"),
      reportMoved: (name) => catalog.acrossTenants.takeMoved(id, name),
    });
    this.#deleters.set(id, { deleter, now: deletion });
    return deleter;
  }

  #filesOf({ id, uuid }: StoredCamera): CameraFiles {
    const { places, orders } = this.#options;
    return {
      cameraUuid: uuid,
      segmentFolder: join(places.recordings, String(id)),
      besideFolders: orders.besideFolders(id),
      volume: orders.volume,
    };
  }
}
