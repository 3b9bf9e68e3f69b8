import { cameraRoutes } from "@nightjar/api/routes";
import { cameraToWire } from "../../../recording/wire.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { cameraChanged } from "./camera-change.ts";
import { checkPatchedUrls, patchedCamera } from "./patched-camera.ts";

export function updateCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.update, async ({ principal, params, body, request }) => {
    await checkPatchedUrls(body, deps);
    const { cameras, recordingDefaults } = deps.catalog.tenant(principal.tenantId);
    const defaults = await recordingDefaults.get();
    const how = { secretBox: deps.secretBox, defaults };
    const changed = await cameras.update(params.id, (present) => patchedCamera(present, body, how));
    if (changed === undefined) throw notFound("camera", params.id);
    const after = cameraToWire(changed.after, defaults);
    await cameraChanged(deps, principal, request, {
      action: "camera.update",
      cameraId: params.id,
      before: cameraToWire(changed.before, defaults),
      after,
    });
    return after;
  });
}
