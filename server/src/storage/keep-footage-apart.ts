import { join } from "node:path";
import type { Log } from "../base/log.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { allCameras } from "./check/all-cameras.ts";
import { entriesOf } from "./check/check-storage.ts";
import { readCameraDescription } from "./read-camera-description.ts";

/**
 * Sees to it that no camera is recorded into another one's folder, as when a lost catalog begins anew beside the footage of the old one:
 * the numbers of cameras that the catalog does not know are not given to new ones. Says what it has found. Rejects when catalog or folder
 * cannot be read.
 */
export async function keepFootageApart({
  catalog,
  recordings,
  log,
}: {
  readonly catalog: Catalog;
  readonly recordings: string;
  readonly log: Log;
}): Promise<void> {
  const known = new Map((await allCameras(catalog)).map((camera) => [camera.id, camera]));
  const unknown: number[] = [];
  for (const name of await entriesOf(recordings)) {
    if (!/^[1-9]\d*$/.test(name)) continue;
    const folder = join(recordings, name);
    const camera = known.get(Number(name));
    if (camera === undefined) {
      unknown.push(Number(name));
      continue;
    }
    // What is not readable as a folder is told where it is recorded to.
    const described = await readCameraDescription(folder).catch(() => null);
    if (described === null || described.uuid === camera.uuid) continue;
    log.error(
      "a folder holds the footage of another camera than the catalog says, which will not be recorded into it",
      {
        folder,
        catalog: camera.name,
        footage: described.name,
      },
    );
  }
  if (unknown.length === 0) return;
  log.warn("there is footage of cameras that the catalog does not know; `nightjar reindex` takes it in", {
    recordings,
    folders: unknown,
  });
  await catalog.restore.passCameraIds(Math.max(...unknown));
}
