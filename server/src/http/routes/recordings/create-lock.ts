import { lockRoutes } from "@nightjar/api/routes";
import { STORAGE_MAX_SPAN_MS } from "@nightjar/api/storage";
import { invalidField } from "../../field-error.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";
import { lockToWire } from "./lock-answer.ts";
import { lockChanged } from "./lock-change.ts";

export function createLockRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, lockRoutes.create, async ({ principal, body, request }) => {
    const span = requestSpan(body, STORAGE_MAX_SPAN_MS);
    const expiresAtMs = body.expires_at == null ? null : Date.parse(body.expires_at);
    if (expiresAtMs !== null && expiresAtMs <= deps.clock.nowMs())
      throw invalidField("expires_at", "must lie in the future, or be null");
    const cameraIds = [...new Set(body.camera_ids)].sort((a, b) => a - b);
    for (const id of cameraIds) await cameraOf(deps, principal, id, "footage");
    const { reason } = body;
    const { locks } = deps.catalog.tenant(principal.tenantId);
    const lock = await locks.create({ ...span, cameraIds, reason, expiresAtMs, createdBy: principal.username });
    const after = await lockToWire(deps, lock);
    await lockChanged(deps, principal, request, { action: "lock.create", before: null, after });
    return after;
  });
}
