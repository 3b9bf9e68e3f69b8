import { cameraRoutes } from "@nightjar/api/routes";
import { mayDo } from "../../../access/principal.ts";
import { NightjarError } from "../../../base/error.ts";
import { cameraToWire } from "../../../recording/wire.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { cameraChanged } from "./camera-change.ts";

export function removeCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.remove, async ({ principal, params, query, request }) => {
    if (query.delete_footage && !mayDo(principal, "recordings.delete"))
      throw new NightjarError(
        "forbidden",
        "Deleting the camera's footage too needs the permission recordings.delete.",
        {
          details: { permission: "recordings.delete" },
        },
      );
    const { cameras, recordingDefaults } = deps.catalog.tenant(principal.tenantId);
    const removed = await cameras.remove(params.id, { withFootage: query.delete_footage });
    if (removed === undefined) throw notFound("camera", params.id);
    await cameraChanged(deps, principal, request, {
      action: "camera.delete",
      cameraId: params.id,
      before: cameraToWire(removed, await recordingDefaults.get()),
      after: null,
    });
    return undefined;
  });
}
