import type { CameraPatch } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import type { SecretBox } from "../../../base/sealed-secret.ts";
import type { CameraInput } from "../../../catalog/cameras.ts";
import { patchAudio, patchRecording } from "../../../recording/camera-settings.ts";
import { cameraToWire } from "../../../recording/wire.ts";
import { invalidField } from "../../field-error.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { checkFileUrl } from "./approved-file.ts";
import { cameraChanged } from "./camera-change.ts";
import { mayGetStoredPassword } from "./stored-password.ts";

export function updateCameraRoute(registrar: Registrar, deps: HttpDeps): void {
  const { catalog, secretBox, settings } = deps;
  register(registrar, cameraRoutes.update, async ({ principal, params, body, request }) => {
    const { main, sub } = body.streams ?? {};
    if (main !== undefined) await checkFileUrl("streams.main.url", main.url, settings.approvedRoots);
    if (sub) await checkFileUrl("streams.sub.url", sub.url, settings.approvedRoots);
    const { cameras } = catalog.tenant(principal.tenantId);
    const changed = await cameras.update(params.id, (present) => patched(present, body, secretBox));
    if (changed === undefined) throw notFound("camera", params.id);
    const after = cameraToWire(changed.after);
    await cameraChanged(deps, principal, request, {
      action: "camera.update",
      cameraId: params.id,
      before: cameraToWire(changed.before),
      after,
    });
    return after;
  });
}

/** The camera after the merge patch. */
function patched(present: CameraInput, patch: CameraPatch, secretBox: SecretBox): CameraInput {
  return {
    name: patch.name ?? present.name,
    groupId: patch.group_id === undefined ? present.groupId : patch.group_id,
    enabled: patch.enabled ?? present.enabled,
    timeZone: patch.time_zone ?? present.timeZone,
    streams: {
      main: patch.streams?.main ?? present.streams.main,
      sub: patch.streams?.sub === undefined ? present.streams.sub : patch.streams.sub,
    },
    username: patch.username === undefined ? present.username : patch.username,
    passwordSealed: patchedPassword(present, patch, secretBox),
    transport: patch.transport ?? present.transport,
    recording: patchRecording(present.recording, patch.recording),
    audio: patchAudio(present.audio, patch.audio),
  };
}

/** "" is what a form sends whose password field was left alone. */
function patchedPassword(
  present: CameraInput,
  { password, streams }: CameraPatch,
  secretBox: SecretBox,
): string | null {
  if (password === null) return null;
  if (password !== undefined && password !== "") return secretBox.seal(password);
  const moved = [streams?.main, streams?.sub].some((stream) => stream && !mayGetStoredPassword(present, stream.url));
  if (moved && present.passwordSealed !== null)
    throw invalidField(
      "password",
      "must be given again: the stored one is only ever sent to the host it was stored for",
    );
  return present.passwordSealed;
}
