import { recordingRoutes } from "@nightjar/api/routes";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { Span } from "../../../catalog/segments.ts";
import { localDays, overlapMs } from "../../../recording/days.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function daysRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.days, async ({ principal, query }) => {
    const { month } = query;
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const days = localDays(month, camera.timeZone);
    const closedMs = await deps.catalog.segments(camera).footageMs(days);
    const open = await openFootage(deps, camera);
    const footage = days.map((day, i) => {
      const openMs = open.reduce((sum, span) => sum + overlapMs(span, day), 0);
      return { date: day.date, seconds: ((closedMs[i] ?? 0) + openMs) / 1000 };
    });
    return {
      camera_id: camera.id,
      month,
      time_zone: camera.timeZone,
      days: footage.filter(({ seconds }) => seconds > 0),
    };
  });
}

/** Open segments, up to where their worker is. */
async function openFootage(deps: HttpDeps, camera: OwnedCamera): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for (const { name, endMs } of deps.runtime.openSegments(camera.id)) {
    const row = await deps.catalog.segments(camera).byName(name);
    if (row?.state === "open") spans.push({ startMs: row.startMs, endMs });
  }
  return spans;
}
