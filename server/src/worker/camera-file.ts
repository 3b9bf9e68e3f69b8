import { isDeepStrictEqual } from "node:util";
import { NightjarError } from "../base/error.ts";
import { makeFolder } from "../base/make-folder.ts";
import {
  type CameraDescription,
  describeCamera,
  footageUuid,
  writeCameraDescription,
} from "../footage/camera-description.ts";
import type { WorkerSettings } from "../ipc/messages.ts";

type Described = Pick<
  WorkerSettings,
  "tenantId" | "cameraId" | "cameraUuid" | "cameraName" | "timeZone" | "createdAtMs"
>;

/** Throws `conflict` where the camera's folder says that its footage is another camera's: the two must never be mixed. */
export async function requireOwnFolder(settings: Pick<WorkerSettings, "segmentFolder" | "cameraUuid">): Promise<void> {
  const { segmentFolder, cameraUuid } = settings;
  const uuid = await footageUuid(segmentFolder);
  if (uuid === null || uuid === cameraUuid) return;
  throw new NightjarError(
    "conflict",
    `The folder ${segmentFolder} holds the footage of another camera (${uuid}). Move it away, or start the server with the catalog that it belongs to.`,
  );
}

/** `camera.json` in a camera's folder: written with the folder, and again when what it says has changed. */
export class CameraFile {
  #written: { readonly folder: string; readonly description: CameraDescription } | null = null;

  /** Makes the folder where it is missing. Rejects with the system's error. */
  async write(folder: string, settings: Described): Promise<void> {
    const { cameraId: id, cameraUuid: uuid, cameraName: name, tenantId, timeZone, createdAtMs } = settings;
    const description = describeCamera({ id, uuid, name, tenantId, timeZone, createdAtMs, deletedAtMs: null });
    if (isDeepStrictEqual(this.#written, { folder, description })) return;
    await makeFolder(folder);
    await writeCameraDescription(folder, description);
    this.#written = { folder, description };
  }
}
