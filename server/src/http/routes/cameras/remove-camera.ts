import { cameraRoutes } from "@nightjar/api/routes";
import { cameraToWire } from "../../../recording/wire.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { cameraChanged } from "./camera-change.ts";

export function removeCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.remove, async ({ principal, params, request }) => {
    const { cameras, recordingDefaults } = deps.catalog.tenant(principal.tenantId);
    const removed = await cameras.remove(params.id);
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
