import { scheduleRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { scheduleChanged, scheduleToWire } from "./schedule-change.ts";

export function createScheduleRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, scheduleRoutes.create, async ({ principal, body, request }) => {
    const after = scheduleToWire(await deps.catalog.tenant(principal.tenantId).schedules.create(body));
    await scheduleChanged(deps, principal, request, { action: "schedule.create", id: after.id, before: null, after });
    return after;
  });
}
