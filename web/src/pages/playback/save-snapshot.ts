import type { Camera } from "@nightjar/api/camera";
import { routeUrl } from "@nightjar/api/client";
import { recordingRoutes } from "@nightjar/api/routes";
import { fetchMedia } from "../../api/media.ts";
import { wallClockOf } from "../../time/zone.ts";

/** Saves the picture that a camera shows at a time, as the server has it, under the camera's name and its own time. Throws `ApiError`. */
export async function saveSnapshot(camera: Camera, ms: number): Promise<void> {
  const query = { camera_id: camera.id, time: new Date(ms).toISOString() };
  const response = await fetchMedia(routeUrl(recordingRoutes.frame, { query }));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `${fileName(camera.name)} ${wallClockOf(ms, camera.time_zone).replaceAll(":", "-")}.jpg`;
  link.click();
  URL.revokeObjectURL(url);
}

/** What no file system takes is left out. */
function fileName(name: string): string {
  return name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, "_");
}
