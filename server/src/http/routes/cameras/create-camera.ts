import { cameraRoutes } from "@nightjar/api/routes";
import { patchRecording } from "../../../recording/camera-settings.ts";
import { mergePatch } from "../../../recording/storage-settings.ts";
import { cameraToWire } from "../../../recording/wire.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { checkFileUrl } from "./approved-file.ts";
import { cameraChanged } from "./camera-change.ts";

export function createCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  const { catalog, secretBox, settings } = deps;
  register(registrar, cameraRoutes.create, async ({ principal, body, request }) => {
    const main = body.streams.main;
    const sub = body.streams.sub ?? null;
    await checkFileUrl("streams.main.url", main.url, settings.approvedRoots);
    if (sub !== null) await checkFileUrl("streams.sub.url", sub.url, settings.approvedRoots);
    const { cameras, recordingDefaults } = catalog.tenant(principal.tenantId);
    const camera = await cameras.create({
      name: body.name,
      groupId: body.group_id ?? null,
      enabled: body.enabled,
      timeZone: body.time_zone ?? settings.timeZone,
      streams: { main, sub },
      username: body.username ?? null,
      passwordSealed: body.password ? secretBox.seal(body.password) : null,
      transport: body.transport,
      recording: patchRecording({}, body.recording),
      audio: body.audio ?? null,
      storage: mergePatch({}, body.storage),
    });
    const answer = cameraToWire(camera, await recordingDefaults.get());
    await cameraChanged(deps, principal, request, {
      action: "camera.create",
      cameraId: camera.id,
      before: null,
      after: answer,
    });
    return answer;
  });
}
