import { scheduleRoutes } from "@nightjar/api/routes";
import { NightjarError } from "../../../base/error.ts";
import { nameSome } from "../../../catalog/name-some.ts";
import type { ScheduleRemoval } from "../../../catalog/schedules.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { scheduleChanged, scheduleToWire } from "./schedule-change.ts";

export function removeScheduleRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, scheduleRoutes.remove, async ({ principal, params, request }) => {
    const removal = await deps.catalog.tenant(principal.tenantId).schedules.remove(params.id);
    if (removal.kind === "unknown") throw notFound("schedule", params.id);
    if (removal.kind === "in_use") throw inUse(removal);
    await scheduleChanged(deps, principal, request, {
      action: "schedule.delete",
      id: params.id,
      before: scheduleToWire(removal.schedule),
      after: null,
    });
    return undefined;
  });
}

function inUse({ cameras, isDefault }: Extract<ScheduleRemoval, { kind: "in_use" }>): NightjarError {
  const users = [
    ...(isDefault ? ["it is the default schedule"] : []),
    ...(cameras.length === 0 ? [] : [`it is used by ${nameSome(cameras)}`]),
  ];
  return new NightjarError(
    "conflict",
    `The schedule cannot be removed: ${users.join(", and ")}. Choose another one there first.`,
    { details: { camera_ids: cameras.map(({ id }) => id), is_default: isDefault } },
  );
}
