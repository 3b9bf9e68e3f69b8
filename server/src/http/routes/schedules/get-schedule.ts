import { scheduleRoutes } from "@nightjar/api/routes";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { scheduleToWire } from "./schedule-change.ts";

export function getScheduleRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, scheduleRoutes.get, async ({ principal, params }) => {
    const schedule = await catalog.tenant(principal.tenantId).schedules.get(params.id);
    if (schedule === undefined) throw notFound("schedule", params.id);
    return scheduleToWire(schedule);
  });
}
