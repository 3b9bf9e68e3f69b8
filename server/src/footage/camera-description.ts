import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../base/replace-file.ts";

export const CAMERA_FILE = "camera.json";

/** What lies beside a camera's segments, as `camera.json`, so that the catalog can be made again from files alone. No secrets. */
export interface CameraDescription {
  readonly uuid: string;
  readonly camera_id: number;
  readonly tenant_id: number;
  readonly name: string;
  readonly time_zone: string;
  readonly created_at: string;
  /** Only where the camera was removed. */
  readonly removed_at?: string;
}

interface Described {
  readonly id: number;
  readonly tenantId: number;
  readonly uuid: string;
  readonly name: string;
  readonly timeZone: string;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
}

/** What `camera.json` says of a camera. Pure. */
export function describeCamera(camera: Described): CameraDescription {
  return {
    uuid: camera.uuid,
    camera_id: camera.id,
    tenant_id: camera.tenantId,
    name: camera.name,
    time_zone: camera.timeZone,
    created_at: new Date(camera.createdAtMs).toISOString(),
    ...(camera.deletedAtMs === null ? {} : { removed_at: new Date(camera.deletedAtMs).toISOString() }),
  };
}

/** Uuid of the camera whose footage the folder holds; null where it does not say. Never rejects. */
export async function footageUuid(folder: string): Promise<string | null> {
  try {
    const { uuid } = JSON.parse(await readFile(join(folder, CAMERA_FILE), "utf8")) as Partial<CameraDescription>;
    return typeof uuid === "string" ? uuid : null;
  } catch {
    return null;
  }
}

/** Puts it into the camera's folder, which is there. Rejects with the system's error. */
export async function writeCameraDescription(folder: string, description: CameraDescription): Promise<void> {
  const text = `${JSON.stringify(description, null, 2)}\n`;
  await replaceFile(join(folder, CAMERA_FILE), text, { durable: true, mode: 0o644 });
}
