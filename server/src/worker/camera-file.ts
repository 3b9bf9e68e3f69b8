import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { makeFolder } from "../base/make-folder.ts";
import { replaceFile } from "../base/replace-file.ts";
import type { WorkerSettings } from "../ipc/messages.ts";

type Described = Pick<
  WorkerSettings,
  "tenantId" | "cameraId" | "cameraUuid" | "cameraName" | "timeZone" | "createdAtMs"
>;

/** What lies beside a camera's segments so that the catalog can be made again from files alone. No secrets. */
interface CameraDescription {
  readonly uuid: string;
  readonly camera_id: number;
  readonly tenant_id: number;
  readonly name: string;
  readonly time_zone: string;
  readonly created_at: string;
}

/** `camera.json` in a camera's folder: written with the folder, and again when what it says has changed. */
export class CameraFile {
  #written: { readonly folder: string; readonly description: CameraDescription } | null = null;

  /** Makes the folder where it is missing. Rejects with the system's error. */
  async write(folder: string, settings: Described): Promise<void> {
    const description: CameraDescription = {
      uuid: settings.cameraUuid,
      camera_id: settings.cameraId,
      tenant_id: settings.tenantId,
      name: settings.cameraName,
      time_zone: settings.timeZone,
      created_at: new Date(settings.createdAtMs).toISOString(),
    };
    if (isDeepStrictEqual(this.#written, { folder, description })) return;
    await makeFolder(folder);
    const text = `${JSON.stringify(description, null, 2)}\n`;
    await replaceFile(join(folder, "camera.json"), text, { durable: true, mode: 0o644 });
    this.#written = { folder, description };
  }
}
