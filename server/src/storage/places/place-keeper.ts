import { randomUUID } from "node:crypto";
import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";
import { PLACE_NAMES, type PlaceName, type SystemSettings, type SystemSettingsPatch } from "@nightjar/api/settings";
import { errorMessage, NightjarError } from "../../base/error.ts";
import { makeFolder } from "../../base/make-folder.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { invalidField } from "../../catalog/invalid-field.ts";
import { writePlacesFile } from "../../config/placed-paths.ts";
import { type DataPaths, dataPaths } from "../../config/settings.ts";
import {
  beginVolume,
  MARKER_FILE,
  markerText,
  readMarker,
  requireVolume,
  type Volume,
  VolumeMissing,
  type VolumeState,
  volumeState,
} from "../../footage/volume.ts";
import type { StorageOrders } from "../keeping/storage-orders.ts";
import { approvedPath, isWithin } from "./approved-path.ts";

/** A volume that has footage and no marker, and is not there: until it comes, nothing is written. */
const NOT_THERE_YET = "not known yet";

type FolderName = Exclude<PlaceName, "spool">;

const isFolder = (name: PlaceName): name is FolderName => name !== "spool";
/** All but the spool: footage waits for a share in the folder of the recordings, beside its ledger. */
const FOLDER_NAMES: readonly FolderName[] = PLACE_NAMES.filter(isFolder);

export interface PlaceKeeperOptions {
  readonly catalog: Catalog;
  /** Changed in place: who uses them reads them anew each time. */
  readonly paths: DataPaths;
  readonly orders: StorageOrders;
}

/** Knows where files lie, and changes it. */
export class PlaceKeeper {
  readonly #options: PlaceKeeperOptions;
  #approvedRoots: readonly string[] = [];
  #exportsVolume: Volume | null = null;

  constructor(options: PlaceKeeperOptions) {
    this.#options = options;
  }

  /** The data folder, and what administrators added. */
  get approvedRoots(): readonly string[] {
    return [this.#options.paths.root, ...this.#approvedRoots];
  }

  /** Takes over what the catalog says. */
  async start(): Promise<void> {
    const { catalog, paths, orders } = this.#options;
    const { places, approvedRoots, recordingsVolume, volumes } = await catalog.places.get();
    this.#approvedRoots = approvedRoots;
    Object.assign(paths, places);
    if (recordingsVolume !== null) orders.volume = { path: paths.recordings, id: recordingsVolume };
    else await this.findVolume();
    orders.thumbnailsVolume = await this.#thumbnailsVolume(volumes.thumbnails);
  }

  /** Where the volume of the thumbnails is not known yet, the one that is there. Nothing is written to another one. */
  async #thumbnailsVolume(known: string | undefined): Promise<Volume | null> {
    const path = this.#options.paths.thumbnails;
    if (known !== undefined) return { path, id: known };
    try {
      return await this.#beginVolume("thumbnails");
    } catch {
      // Who writes there says why it cannot be written.
      return null;
    }
  }

  /**
   * Rejects with `VolumeMissing` where exports must be neither written nor removed, because their volume is not there; with the system's error
   * where their folder cannot be made.
   */
  async requireExports(): Promise<void> {
    const { catalog, paths } = this.#options;
    const path = paths.exports;
    const { exports: known } = (await catalog.places.get()).volumes;
    if (this.#exportsVolume === null && known !== undefined) this.#exportsVolume = { path, id: known };
    if (this.#exportsVolume === null) {
      const isEmpty = (await readdir(path).catch(() => [])).length === 0;
      if (isEmpty && (await this.#hasExports()))
        throw new VolumeMissing(
          `The folder of the exports, ${path}, is empty, and there should be exports. Nothing is written there. Is its disk mounted? Was it emptied on purpose? Then put ${markerText(randomUUID()).trim()} into ${join(path, MARKER_FILE)}.`,
        );
      await makeFolder(path, 0o750);
      this.#exportsVolume = await this.#beginVolume("exports");
    }
    await requireVolume(this.#exportsVolume);
  }

  /** Whether the volume of the exports is there; one that is not known yet is taken to be. Never rejects but where the catalog does not answer. */
  async exportsState(): Promise<VolumeState> {
    const { catalog, paths } = this.#options;
    const { exports: id } = (await catalog.places.get()).volumes;
    return volumeState(this.#exportsVolume ?? (id === undefined ? null : { path: paths.exports, id }));
  }

  async #hasExports(): Promise<boolean> {
    return [...(await this.#options.catalog.acrossTenants.exportIds()).values()].some(({ ready }) => ready);
  }

  /** Takes the volume that is there for that of a place from now on. Rejects with the system's error. */
  async #beginVolume(name: "thumbnails" | "exports"): Promise<Volume> {
    const { catalog, paths } = this.#options;
    const id = await beginVolume(paths[name]);
    const stored = await catalog.places.get();
    await catalog.places.set({ ...stored, volumes: { ...stored.volumes, [name]: id } });
    return { path: paths[name], id };
  }

  /**
   * Finds out which volume the recordings are on, where that is not known: the first that is there. One that should have footage on it already and
   * is empty is not the one. Never rejects: what cannot be written yet is tried again.
   */
  async findVolume(): Promise<void> {
    const { catalog, paths, orders } = this.#options;
    if (orders.volume !== null && orders.volume.id !== NOT_THERE_YET) return;
    try {
      const path = paths.recordings;
      const isEmpty = (await readdir(path).catch(() => [])).length === 0;
      if (isEmpty && (await this.#hasFootage())) {
        orders.volume = { path, id: NOT_THERE_YET };
        return;
      }
      const id = await beginVolume(path);
      await catalog.places.setRecordingsVolume(id);
      orders.volume = { path, id };
    } catch {
      // Who writes there says why it cannot be written.
    }
  }

  async settings(): Promise<SystemSettings> {
    const { places } = await this.#options.catalog.places.get();
    const builtIn = dataPaths(this.#options.paths.root);
    const all = Object.fromEntries(FOLDER_NAMES.map((name) => [name, places[name] ?? builtIn[name]]));
    return {
      places: { ...all, spool: all.recordings } as SystemSettings["places"],
      approved_roots: [...this.approvedRoots],
    };
  }

  /**
   * Changes places. The recordings move at once: to a folder that carries the marker of their volume, or anywhere while there is no footage. Throws
   * `path_not_allowed`, `invalid_field`, and `conflict` where footage would be left behind.
   */
  async change(patch: SystemSettingsPatch): Promise<{ before: SystemSettings; after: SystemSettings }> {
    const { catalog, paths } = this.#options;
    const before = await this.settings();
    const stored = await catalog.places.get();
    const approvedRoots =
      patch.approved_roots === undefined
        ? stored.approvedRoots
        : (patch.approved_roots ?? []).filter((root) => root !== paths.root);
    const places: { [K in FolderName]?: string } = { ...stored.places };
    const volumes: { [K in FolderName]?: string } = { ...stored.volumes };
    const changed: FolderName[] = [];
    const roots = [paths.root, ...approvedRoots];
    for (const name of FOLDER_NAMES) {
      const present = places[name];
      if (patch.approved_roots !== undefined && present !== undefined)
        await approvedPath(`places.${name}`, present, roots);
      const wanted = patch.places?.[name];
      // What stays as it is is not looked at: it may be away now.
      if (wanted === undefined || wanted === before.places[name]) continue;
      delete places[name];
      delete volumes[name];
      if (wanted === null) continue;
      places[name] = await approvedPath(`places.${name}`, wanted, roots);
      changed.push(name);
    }
    this.#refuseOverlaps(places);
    const spool = patch.places?.spool;
    if (spool !== before.places.spool) refuseSpool(spool, places.recordings ?? dataPaths(paths.root).recordings);
    for (const name of changed) {
      const path = places[name] ?? "";
      await requireUsable(name, path);
      if (name !== "recordings") volumes[name] = await beginVolume(path);
    }
    const recordings = places.recordings ?? dataPaths(paths.root).recordings;
    const volume = recordings === paths.recordings ? null : await this.#newVolume(recordings);
    await catalog.places.set({ places, approvedRoots, volumes });
    await writePlacesFile(paths.root, places);
    this.#approvedRoots = approvedRoots;
    if (volume !== null) {
      await catalog.places.setRecordingsVolume(volume);
      paths.recordings = recordings;
      this.#options.orders.volume = { path: recordings, id: volume };
    }
    return { before, after: await this.settings() };
  }

  /** What is deleted in one place must not lie in another. */
  #refuseOverlaps(changed: { readonly [K in FolderName]?: string }): void {
    const { paths } = this.#options;
    const builtIn = dataPaths(paths.root);
    const all = FOLDER_NAMES.map((name) => ({ name, path: changed[name] ?? builtIn[name] }));
    for (const { name, path } of all) {
      if (isWithin(paths.root, path) || isWithin(path, paths.workers))
        throw invalidField(
          `places.${name}`,
          "must be a folder of its own, not one that the server uses for other things",
        );
      const other = all.find((one) => one.name !== name && isWithin(path, one.path));
      if (other !== undefined) throw invalidField(`places.${name}`, `must not lie in the folder of ${other.name}`);
    }
  }

  async #newVolume(path: string): Promise<string> {
    const { orders } = this.#options;
    const moved = orders.volume !== null && (await readMarker(path)) === orders.volume.id;
    if (!moved && (await this.#hasFootage()))
      throw new NightjarError(
        "conflict",
        `There is footage in the present folder of the recordings, and ${path} is not a copy of it. Switch the cameras off, move all of the folder there, its hidden file too, and try again.`,
      );
    return beginVolume(path);
  }

  #hasFootage(): Promise<boolean> {
    return this.#options.catalog.acrossTenants.hasFootage();
  }
}

/** It is told, and is where the recordings are. */
function refuseSpool(wanted: string | null | undefined, recordings: string): void {
  if (wanted === undefined || wanted === null || wanted === recordings) return;
  throw invalidField(
    "places.spool",
    `must be the folder of the recordings, ${recordings}: footage waits there for the network share. Change places.recordings instead`,
  );
}

async function requireUsable(name: FolderName, path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
  } catch (cause) {
    throw invalidField(`places.${name}`, `cannot be written (${errorMessage(cause)})`);
  }
}
