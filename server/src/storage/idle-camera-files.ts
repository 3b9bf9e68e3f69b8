import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { describeCamera, writeCameraDescription } from "../footage/camera-description.ts";
import { requireVolume, type Volume } from "../footage/volume.ts";
import { allCameras } from "./check/all-cameras.ts";
import { readCameraDescription } from "./read-camera-description.ts";

/**
 * Keeps `camera.json` right for cameras that have no worker to do so: those that are switched off, and removed ones, of which nothing else
 * would tell that they were.
 */
export class IdleCameraFiles {
  readonly #catalog: Catalog;
  readonly #places: { readonly recordings: string };
  readonly #orders: { readonly volume: Volume | null };
  /** By id, what their files were seen to say. */
  readonly #told = new Map<number, StoredCamera>();

  constructor(options: {
    readonly catalog: Catalog;
    readonly places: { readonly recordings: string };
    readonly orders: { readonly volume: Volume | null };
  }) {
    this.#catalog = options.catalog;
    this.#places = options.places;
    this.#orders = options.orders;
  }

  /** Brings the files up to date of all cameras but those that `haveWorker`. Where that fails it is tried again with the next call. */
  async update(haveWorker: ReadonlyMap<number, unknown>): Promise<void> {
    for (const camera of await allCameras(this.#catalog)) {
      if (haveWorker.has(camera.id)) this.#told.delete(camera.id);
      else await this.#tell(camera).catch(() => {});
    }
  }

  /** Where there is no folder there is nothing to describe, and on another volume nothing of ours. */
  async #tell(camera: StoredCamera): Promise<void> {
    if (isDeepStrictEqual(this.#told.get(camera.id), camera)) return;
    await requireVolume(this.#orders.volume);
    const folder = join(this.#places.recordings, String(camera.id));
    const description = describeCamera(camera);
    if (!isDeepStrictEqual(await readCameraDescription(folder), description))
      await writeCameraDescription(folder, description);
    this.#told.set(camera.id, camera);
  }
}
