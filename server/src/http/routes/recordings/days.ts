import { recordingRoutes } from "@nightjar/api/routes";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { Span } from "../../../catalog/segments.ts";
import { footageDays, monthBounds } from "../../../recording/days.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function daysRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.days, async ({ principal, query }) => {
    const { month } = query;
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const stretches = await footageStretches(deps, camera, monthBounds(month, camera.timeZone));
    return {
      camera_id: camera.id,
      month,
      time_zone: camera.timeZone,
      days: footageDays(stretches, month, camera.timeZone),
    };
  });
}

/** The footage that touches a span, oldest first, open segments up to where their worker is. */
async function footageStretches(deps: HttpDeps, camera: OwnedCamera, span: Span): Promise<readonly Span[]> {
  const segments = deps.catalog.segments(camera);
  const stretches = [...(await segments.stretches(span))];
  for (const { name, endMs } of deps.runtime.openSegments(camera.id)) {
    const row = await segments.byName(name);
    if (row?.state !== "open" || row.startMs >= span.endMs) continue;
    stretches.push({ startMs: row.startMs, endMs });
  }
  return stretches.sort((a, b) => a.startMs - b.startMs);
}
