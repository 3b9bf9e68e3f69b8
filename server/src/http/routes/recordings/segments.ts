import { recordingRoutes } from "@nightjar/api/routes";
import { segmentToWire } from "../../../recording/wire.ts";
import { invalidField } from "../../field-error.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function segmentsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.segments, async ({ principal, query }) => {
    const startMs = query.start === undefined ? undefined : Date.parse(query.start);
    const endMs = query.end === undefined ? undefined : Date.parse(query.end);
    if (startMs !== undefined && endMs !== undefined && endMs <= startMs)
      throw invalidField("end", "must lie after start");
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const span = { ...(startMs === undefined ? {} : { startMs }), ...(endMs === undefined ? {} : { endMs }) };
    const page = await deps.catalog.segments(camera).list(span, query);
    const open = deps.runtime.openSegments(camera.id);
    const segments = page.items
      .map((row) => segmentToWire(row, open))
      // The catalog takes an open segment to reach on without end.
      .filter(({ state, end }) => state !== "open" || startMs === undefined || Date.parse(end) > startMs);
    return { segments, next_cursor: page.nextCursor };
  });
}
