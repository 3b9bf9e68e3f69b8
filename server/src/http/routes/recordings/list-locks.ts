import { lockRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { lockToWire } from "./lock-answer.ts";

export function listLocksRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, lockRoutes.list, async ({ principal, query }) => {
    const { locks } = deps.catalog.tenant(principal.tenantId);
    const page = await locks.list(query, { cameraId: query.camera_id });
    const told = [];
    for (const lock of page.items) told.push(await lockToWire(deps, lock));
    return { locks: told, next_cursor: page.nextCursor };
  });
}
