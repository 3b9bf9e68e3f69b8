import type { AudioSettings, RecordingOverrides } from "@nightjar/api/camera";
import type { SelectQueryBuilder } from "kysely";
import {
  BUILT_IN_DEFAULTS,
  type CameraDefaults,
  effectiveAudio,
  effectiveRecording,
} from "../recording/camera-settings.ts";
import { resolvedStorage, type StorageChanges } from "../recording/storage-settings.ts";
import type { Schema } from "./schema.ts";

/** What of the built-in defaults was changed. */
export interface ChangedDefaults {
  readonly recording: RecordingOverrides;
  /** null: the built-in ones hold. */
  readonly audio: AudioSettings | null;
  readonly storage?: StorageChanges;
}

/** What of the built-in defaults was changed in this installation. */
export async function changedDefaults(
  settings: SelectQueryBuilder<Schema, "settings", object>,
): Promise<ChangedDefaults> {
  const row = await settings.select("recording").executeTakeFirstOrThrow();
  return JSON.parse(row.recording) as ChangedDefaults;
}

/** The defaults, with what was not changed as it is built in. Pure. */
export function resolvedDefaults(changed: ChangedDefaults): CameraDefaults {
  return {
    recording: effectiveRecording(changed.recording, BUILT_IN_DEFAULTS.recording),
    audio: effectiveAudio(changed.audio, BUILT_IN_DEFAULTS.audio),
    storage: resolvedStorage(changed.storage ?? {}),
  };
}
