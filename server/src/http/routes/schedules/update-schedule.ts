import { scheduleRoutes } from "@nightjar/api/routes";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { scheduleChanged, scheduleToWire } from "./schedule-change.ts";

export function updateScheduleRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, scheduleRoutes.update, async ({ principal, params, body, request }) => {
    const { name, windows } = body;
    const change = { ...(name === undefined ? {} : { name }), ...(windows === undefined ? {} : { windows }) };
    const changed = await deps.catalog.tenant(principal.tenantId).schedules.update(params.id, change);
    if (changed === undefined) throw notFound("schedule", params.id);
    const after = scheduleToWire(changed.after);
    await scheduleChanged(deps, principal, request, {
      action: "schedule.update",
      id: params.id,
      before: scheduleToWire(changed.before),
      after,
    });
    return after;
  });
}
