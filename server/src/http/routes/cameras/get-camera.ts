import { cameraRoutes } from "@nightjar/api/routes";
import { cameraToWire } from "../../../recording/wire.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function getCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.get, async ({ principal, params }) =>
    cameraToWire(await cameraOf(deps, principal, params.id)),
  );
}
