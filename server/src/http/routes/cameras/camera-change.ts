import type { Camera } from "@nightjar/api/camera";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { HttpDeps } from "../../ports.ts";

interface CameraChange {
  readonly action: "camera.create" | "camera.update" | "camera.delete";
  readonly cameraId: number;
  /** As the API tells it, so without the password. null: there was none before, or is none after. */
  readonly before: Camera | null;
  readonly after: Camera | null;
}

/** What follows a committed change of a camera: its worker is brought in line, listeners are told, the deed is audited. */
export async function cameraChanged(
  deps: HttpDeps,
  principal: Principal,
  request: FastifyRequest,
  change: CameraChange,
): Promise<void> {
  const { tenantId } = principal;
  const { action, cameraId, before, after } = change;
  deps.runtime.cameraChanged(cameraId);
  // Where it has no worker, the server sweeps it.
  if (before !== null) deps.storage.retentionChanged();
  deps.events.publish({
    tenantId,
    event: after === null ? { type: "camera.deleted", camera_id: cameraId } : { type: "camera.changed", camera: after },
  });
  await deps.access.audit.write({
    tenantId,
    actor: principal.username,
    action,
    object: `camera ${cameraId}`,
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
    address: request.ip,
  });
}
