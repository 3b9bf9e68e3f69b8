import { lockRoutes } from "@nightjar/api/routes";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { lockToWire } from "./lock-answer.ts";
import { lockChanged } from "./lock-change.ts";

export function removeLockRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, lockRoutes.remove, async ({ principal, params, request }) => {
    const removed = await deps.catalog.tenant(principal.tenantId).locks.remove(Number(params.id));
    if (removed === undefined) throw notFound("lock", Number(params.id));
    const before = await lockToWire(deps, removed);
    await lockChanged(deps, principal, request, { action: "lock.delete", before, after: null });
    return undefined;
  });
}
