import { liveRoutes } from "@nightjar/api/routes";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function snapshotRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, liveRoutes.snapshot, async ({ principal, params, reply }) => {
    const camera = await cameraOf(deps, principal, params.id);
    const jpeg = await deps.live.snapshot(camera);
    return reply.type("image/jpeg").header("cache-control", "no-store").send(jpeg);
  });
}
