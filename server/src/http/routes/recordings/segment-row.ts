import type { Principal } from "../../../access/principal.ts";
import { NightjarError } from "../../../base/error.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import { cameraOf, isMissingFile } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";

/** The segment that a request names, of a camera that may have been removed. Throws `not_found`. */
export async function segmentOf(
  deps: HttpDeps,
  principal: Principal,
  params: { readonly camera_id: number; readonly name: string },
): Promise<{ camera: OwnedCamera; segment: StoredSegment }> {
  const camera = await cameraOf(deps, principal, params.camera_id, "footage");
  const segment = await deps.catalog.segments(camera).byName(params.name);
  if (segment === undefined) throw new NightjarError("not_found", `Camera ${camera.id} has no segment ${params.name}.`);
  return { camera, segment };
}

/** Runs `read`; a file that is gone becomes `not_found`, and says so. */
export async function readingSegment<T>(segment: StoredSegment, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!isMissingFile(cause)) throw cause;
    throw new NightjarError(
      "not_found",
      `The file of segment ${segment.name} is missing from the storage of camera ${segment.cameraId}.`,
      { cause },
    );
  }
}
