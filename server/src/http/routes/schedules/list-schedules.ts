import { scheduleRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { scheduleToWire } from "./schedule-change.ts";

export function listSchedulesRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, scheduleRoutes.list, async ({ principal, query }) => {
    const page = await catalog.tenant(principal.tenantId).schedules.list(query);
    return { schedules: page.items.map(scheduleToWire), next_cursor: page.nextCursor };
  });
}
