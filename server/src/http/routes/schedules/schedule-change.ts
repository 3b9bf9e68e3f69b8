import type { Schedule } from "@nightjar/api/schedule";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { StoredSchedule } from "../../../catalog/schedules.ts";
import type { HttpDeps } from "../../ports.ts";

interface ScheduleChange {
  readonly action: "schedule.create" | "schedule.update" | "schedule.delete";
  /** null: there was none before, or is none after. */
  readonly before: Schedule | null;
  readonly after: Schedule | null;
  readonly id: number;
}

/** What follows a committed change of a schedule: workers take it over, listeners are told, the deed is audited. */
export async function scheduleChanged(
  deps: HttpDeps,
  principal: Principal,
  request: FastifyRequest,
  { action, before, after, id }: ScheduleChange,
): Promise<void> {
  const { tenantId, username } = principal;
  void deps.runtime.recordingRulesChanged();
  deps.events.publish({ tenantId, event: { type: "recording_rules.changed" } });
  await deps.access.audit.write({
    tenantId,
    actor: username,
    action,
    object: `schedule ${id}`,
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
    address: request.ip,
  });
}

/** A schedule as the API tells it. */
export function scheduleToWire({ id, name, windows }: StoredSchedule): Schedule {
  return { id, name, windows: windows.map((window) => ({ ...window, days: [...window.days] })) };
}
