import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TimeZone } from "@nightjar/api/time";
import { z } from "zod";
import { systemErrorCode } from "../base/error.ts";
import { replaceFile } from "../base/replace-file.ts";

const FILE = "camera.json";

const Description = z.object({
  uuid: z.uuid(),
  camera_id: z.int().positive(),
  tenant_id: z.int().positive(),
  name: z.string(),
  time_zone: TimeZone,
  created_at: z.iso.datetime(),
  /** Only where the camera was removed. */
  removed_at: z.iso.datetime().optional(),
});

/** What lies beside a camera's segments, as `camera.json`, so that the catalog can be made again from files alone. No secrets. */
export type CameraDescription = z.infer<typeof Description>;

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

/** Reads it; null where there is none, or a damaged one. Rejects with the system's error. */
export async function readCameraDescription(folder: string): Promise<CameraDescription | null> {
  try {
    return Description.parse(JSON.parse(await readFile(join(folder, FILE), "utf8")));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError || systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Puts it into the camera's folder, which is there. Rejects with the system's error. */
export async function writeCameraDescription(folder: string, description: CameraDescription): Promise<void> {
  const text = `${JSON.stringify(description, null, 2)}\n`;
  await replaceFile(join(folder, FILE), text, { durable: true, mode: 0o644 });
}
