import type { AudioSettings, CameraPatch, EffectiveRecording, RecordingOverrides } from "@nightjar/api/camera";
import { BUILT_IN_STORAGE, type StorageDefaults } from "./storage-settings.ts";

/** What a camera does where it has no setting of its own. */
export interface CameraDefaults {
  readonly recording: EffectiveRecording;
  readonly audio: AudioSettings;
  readonly storage: StorageDefaults;
}

/** The same where nobody has changed the defaults of the installation. */
export const BUILT_IN_DEFAULTS: CameraDefaults = {
  recording: {
    mode: "continuous",
    stream: "main",
    schedule_id: null,
    retention_days: 30,
    segment_seconds: 600,
    segment_max_mb: 3900,
    pre_event_seconds: 5,
    post_event_seconds: 10,
  },
  audio: { enabled: true, codec: "auto" },
  storage: BUILT_IN_STORAGE,
};

/** The recording settings with every inherited value (null or absent) taken from `defaults`. */
export function effectiveRecording(own: RecordingOverrides, defaults: EffectiveRecording): EffectiveRecording {
  return {
    mode: own.mode ?? defaults.mode,
    stream: own.stream ?? defaults.stream,
    schedule_id: own.schedule_id ?? defaults.schedule_id,
    retention_days: own.retention_days ?? defaults.retention_days,
    segment_seconds: own.segment_seconds ?? defaults.segment_seconds,
    segment_max_mb: own.segment_max_mb ?? defaults.segment_max_mb,
    pre_event_seconds: own.pre_event_seconds ?? defaults.pre_event_seconds,
    post_event_seconds: own.post_event_seconds ?? defaults.post_event_seconds,
  };
}

/** The audio settings: the camera's own or, where it has none (null), the default. */
export function effectiveAudio(own: AudioSettings | null, defaults: AudioSettings): AudioSettings {
  return own ?? defaults;
}

/**
 * The defaults for who may not use their schedule, which belongs to another tenant. Mode `scheduled` would then record nothing at all, so
 * those cameras rather record always.
 */
export function defaultsWithoutSchedule({ recording, ...others }: CameraDefaults): CameraDefaults {
  const mode = recording.mode === "scheduled" ? "continuous" : recording.mode;
  return { recording: { ...recording, mode, schedule_id: null }, ...others };
}

/** The catalog was made again from the files, which do not tell it: until a person gives the address the camera cannot be recorded. */
export function lacksAddress({ streams }: { readonly streams: { readonly main: { readonly url: string } } }): boolean {
  return streams.main.url === "";
}

/** Mode `scheduled` without a schedule: nothing would ever be recorded. */
export function lacksSchedule(recording: EffectiveRecording): boolean {
  return recording.mode === "scheduled" && recording.schedule_id === null;
}

/** The overrides after a merge patch: absent keys stay, null makes a key inherited again, `patch` null all of them. */
export function patchRecording(
  present: RecordingOverrides,
  patch: RecordingOverrides | null | undefined,
): RecordingOverrides {
  if (patch === null) return {};
  const merged = { ...present, ...patch };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
}

/** The audio settings after a merge patch; what a first own setting does not say keeps its inherited value. */
export function patchAudio(
  present: AudioSettings | null,
  patch: CameraPatch["audio"],
  defaults: AudioSettings,
): AudioSettings | null {
  if (patch === undefined) return present;
  if (patch === null) return null;
  const base = effectiveAudio(present, defaults);
  return { enabled: patch.enabled ?? base.enabled, codec: patch.codec ?? base.codec };
}
