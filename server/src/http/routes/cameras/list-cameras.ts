import { cameraRoutes } from "@nightjar/api/routes";
import { cameraToWire } from "../../../recording/wire.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function listCamerasRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, cameraRoutes.list, async ({ principal, query }) => {
    const page = await catalog.tenant(principal.tenantId).cameras.list(query);
    return { cameras: page.items.map(cameraToWire), next_cursor: page.nextCursor };
  });
}
