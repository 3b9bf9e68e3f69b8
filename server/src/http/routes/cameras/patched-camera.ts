import type { CameraPatch } from "@nightjar/api/camera";
import type { SecretBox } from "../../../base/sealed-secret.ts";
import type { CameraInput } from "../../../catalog/cameras.ts";
import { type CameraDefaults, patchAudio, patchRecording } from "../../../recording/camera-settings.ts";
import { mergePatch } from "../../../recording/storage-settings.ts";
import { invalidField } from "../../field-error.ts";
import type { HttpDeps } from "../../ports.ts";
import { checkFileUrl } from "./approved-file.ts";
import { mayGetStoredPassword } from "./stored-password.ts";

/** Refuses the addresses of a change that no camera may have; see `checkFileUrl`. */
export async function checkPatchedUrls({ streams }: CameraPatch, { settings }: HttpDeps): Promise<void> {
  const { main, sub } = streams ?? {};
  if (main !== undefined) await checkFileUrl("streams.main.url", main.url, settings.approvedRoots);
  if (sub) await checkFileUrl("streams.sub.url", sub.url, settings.approvedRoots);
}

/** The camera after the merge patch. `defaults`: what it inherits. Throws `invalid_field` where the password must be given again. */
export function patchedCamera(
  present: CameraInput,
  patch: CameraPatch,
  { secretBox, defaults }: { readonly secretBox: SecretBox; readonly defaults: CameraDefaults },
): CameraInput {
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
    audio: patchAudio(present.audio, patch.audio, defaults.audio),
    storage: patch.storage === undefined ? (present.storage ?? {}) : mergePatch(present.storage ?? {}, patch.storage),
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
