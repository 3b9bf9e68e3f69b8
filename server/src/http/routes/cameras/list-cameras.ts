import { cameraRoutes } from "@nightjar/api/routes";
import { cameraToWire } from "../../../recording/wire.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function listCamerasRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, cameraRoutes.list, async ({ principal, query }) => {
    const { cameras, recordingDefaults } = catalog.tenant(principal.tenantId);
    const page = await cameras.list(query);
    const defaults = await recordingDefaults.get();
    return { cameras: page.items.map((camera) => cameraToWire(camera, defaults)), next_cursor: page.nextCursor };
  });
}
