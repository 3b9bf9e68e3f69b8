import { recordingRoutes } from "@nightjar/api/routes";
import { footageDays, monthBounds } from "../../../recording/days.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { footageSpans } from "./footage-spans.ts";

export function daysRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.days, async ({ principal, query }) => {
    const { month } = query;
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const { spans } = await footageSpans(deps, camera, monthBounds(month, camera.timeZone));
    return {
      camera_id: camera.id,
      month,
      time_zone: camera.timeZone,
      days: footageDays(spans, month, camera.timeZone),
    };
  });
}
