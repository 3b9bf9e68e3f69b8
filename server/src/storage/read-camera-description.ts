import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TimeZone } from "@nightjar/api/time";
import { z } from "zod";
import { systemErrorCode } from "../base/error.ts";
import { CAMERA_FILE, type CameraDescription } from "../footage/camera-description.ts";

const Description = z.object({
  uuid: z.uuid(),
  camera_id: z.int().positive(),
  tenant_id: z.int().positive(),
  name: z.string(),
  time_zone: TimeZone,
  created_at: z.iso.datetime(),
  removed_at: z.iso.datetime().exactOptional(),
});

/** Reads a camera's `camera.json`; null where there is none, or a damaged one. Rejects with the system's error. */
export async function readCameraDescription(folder: string): Promise<CameraDescription | null> {
  try {
    return parseCameraDescription(await readFile(join(folder, CAMERA_FILE), "utf8"));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** What stands in a `camera.json`; null where it is damaged. Pure. */
export function parseCameraDescription(text: string): CameraDescription | null {
  try {
    return Description.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
