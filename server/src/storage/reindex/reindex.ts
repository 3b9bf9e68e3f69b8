import { join } from "node:path";
import type { OwnedCamera } from "../../catalog/cameras.ts";
import type { RestoredCamera } from "../../catalog/restore.ts";
import { lacksAddress } from "../../recording/camera-settings.ts";
import { allCameras } from "../check/all-cameras.ts";
import { type CameraFolder, readCameraFolder } from "../check/camera-folder.ts";
import type { CheckOptions } from "../check/check-camera.ts";
import { type CheckReport, checkStorage, entriesOf, nullWhereNoFolder } from "../check/check-storage.ts";

export interface ReindexReport {
  /** Cameras that the catalog did not know: they are back, switched off, and need their address. */
  readonly restored: readonly RestoredCamera[];
  /** Cameras that have no address yet, restored now or before. */
  readonly withoutAddress: readonly OwnedCamera[];
  /** What was taken in (`mended`), and what was not. */
  readonly check: CheckReport;
}

/** In which zone the days of a camera are told whose `camera.json` is lost. */
const ZONE_UNKNOWN = "UTC";

/**
 * Makes the catalog again from the files alone: cameras under their own ids, segments, ledgers. What the catalog knows already stays;
 * where it tells otherwise than the files, the files are right. Can be run again after a crash at any step. Only while no server runs.
 * Rejects when catalog or folder cannot be read or written.
 */
export async function reindex(options: Omit<CheckOptions, "deep" | "fix" | "share">): Promise<ReindexReport> {
  const { catalog, recordings } = options;
  const present = await allCameras(catalog);
  const taken = new Set(present.flatMap(({ id, uuid }) => [String(id), uuid]));
  const restored: RestoredCamera[] = [];
  for (const name of await entriesOf(recordings)) {
    if (!/^[1-9]\d*$/.test(name) || taken.has(name)) continue;
    const folder = await readCameraFolder(join(recordings, name)).catch(nullWhereNoFolder);
    const camera = folder === null ? null : cameraOf(Number(name), folder);
    if (camera === null || taken.has(camera.uuid)) continue;
    await catalog.restore.tenant(camera.tenantId);
    await catalog.restore.camera(camera);
    taken.add(camera.uuid);
    restored.push(camera);
  }
  // The ledgers know what lies on the share.
  const check = await checkStorage({ ...options, deep: false, fix: true, share: null });
  const withoutAddress = (await allCameras(catalog)).filter(
    (camera) => lacksAddress(camera) && camera.deletedAtMs === null,
  );
  return { restored, withoutAddress, check };
}

/** The camera as `camera.json` tells it, or, where that is lost, its footage; null where the folder is none of this camera's. Pure. */
function cameraOf(id: number, { description, files, ledger }: CameraFolder): RestoredCamera | null {
  if (description !== null) {
    if (description.camera_id !== id) return null;
    const { uuid, name, tenant_id: tenantId, time_zone: timeZone, removed_at: removedAt } = description;
    const deletedAtMs = removedAt === undefined ? null : Date.parse(removedAt);
    return { id, tenantId, uuid, name, timeZone, createdAtMs: Date.parse(description.created_at), deletedAtMs };
  }
  const identities = files.flatMap(({ found }) =>
    found.kind === "foreign" || found.identity?.cameraId !== id ? [] : [found.identity],
  );
  const [newest] = identities.sort((a, b) => b.startMs - a.startMs);
  if (newest === undefined) return null;
  const { cameraUuid: uuid, tenantId } = newest;
  const firstNotedMs = ledger.flatMap((day) => day.entries)[0]?.atMs ?? newest.startMs;
  const createdAtMs = Math.min(firstNotedMs, ...identities.map((identity) => identity.startMs));
  return { id, tenantId, uuid, name: `Camera ${id}`, timeZone: ZONE_UNKNOWN, createdAtMs, deletedAtMs: null };
}
