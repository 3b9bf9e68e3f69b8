import type { RecordingSettingsPatch } from "@nightjar/api/settings";
import type { ChangedDefaults } from "../../../catalog/changed-defaults.ts";
import { BUILT_IN_DEFAULTS, patchAudio, patchRecording } from "../../../recording/camera-settings.ts";
import { mergePatch, retentionDays, retentionParts } from "../../../recording/storage-settings.ts";

/** What was changed of the built-in defaults, after one more merge patch. */
export function patchedDefaults(present: ChangedDefaults, patch: RecordingSettingsPatch): ChangedDefaults {
  const { audio, ...recording } = patch.defaults ?? {};
  const { retention, path: _path, type: _type, nas: _nas, s3: _s3, sftp: _sftp, ...storage } = patch.storage ?? {};
  const patched = patchRecording(present.recording, recording);
  return {
    recording: patchRecording(patched, retentionPatch(patched.retention_days, retention)),
    audio: patchAudio(present.audio, audio, BUILT_IN_DEFAULTS.audio),
    storage: mergePatch(present.storage ?? {}, storage),
  };
}

/** `retention` and `retention_days` are two ways to say the same. */
function retentionPatch(
  presentDays: number | null | undefined,
  retention: NonNullable<RecordingSettingsPatch["storage"]>["retention"],
): { readonly retention_days?: number | null } {
  if (retention === undefined) return {};
  if (retention === null) return { retention_days: null };
  const present = retentionParts(presentDays ?? BUILT_IN_DEFAULTS.recording.retention_days);
  const { days = present.days, hours = present.hours, minutes = present.minutes } = retention;
  return { retention_days: retentionDays({ days, hours, minutes }) };
}
