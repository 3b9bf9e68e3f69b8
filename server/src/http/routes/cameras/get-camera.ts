import { cameraRoutes } from "@nightjar/api/routes";
import { cameraToWire } from "../../../recording/wire.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function getCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.get, async ({ principal, params }) => {
    const camera = await cameraOf(deps, principal, params.id);
    return cameraToWire(camera, await deps.catalog.tenant(principal.tenantId).recordingDefaults.get());
  });
}
