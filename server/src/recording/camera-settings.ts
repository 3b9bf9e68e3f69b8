import type { AudioSettings, CameraPatch, EffectiveRecording, RecordingOverrides } from "@nightjar/api/camera";

/** What a camera does where it has no setting of its own. */
export const DEFAULT_RECORDING: EffectiveRecording = {
  mode: "continuous",
  stream: "main",
  schedule_id: null,
  retention_days: 30,
  segment_seconds: 600,
  segment_max_mb: 3900,
  pre_event_seconds: 5,
  post_event_seconds: 10,
};

export const DEFAULT_AUDIO: AudioSettings = { enabled: true, codec: "auto" };

/** The recording settings with every inherited value (null or absent) taken from `defaults`. */
export function effectiveRecording(
  own: RecordingOverrides,
  defaults: EffectiveRecording = DEFAULT_RECORDING,
): EffectiveRecording {
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
export function effectiveAudio(own: AudioSettings | null, defaults: AudioSettings = DEFAULT_AUDIO): AudioSettings {
  return own ?? defaults;
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
export function patchAudio(present: AudioSettings | null, patch: CameraPatch["audio"]): AudioSettings | null {
  if (patch === undefined) return present;
  if (patch === null) return null;
  const base = effectiveAudio(present);
  return { enabled: patch.enabled ?? base.enabled, codec: patch.codec ?? base.codec };
}
