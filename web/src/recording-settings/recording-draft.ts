import type { Camera, EffectiveRecording, RecordingOverrides } from "@nightjar/api/camera";

export type RecordingKey = keyof EffectiveRecording;

/** Every recording setting, in the order of the form. */
export const RECORDING_KEYS = [
  "mode",
  "schedule_id",
  "stream",
  "retention_days",
  "segment_seconds",
  "segment_max_mb",
  "pre_event_seconds",
  "post_event_seconds",
] as const satisfies readonly RecordingKey[];

/** What a person has put into the fields. null: inherited (for the defaults: none); "": a number that was emptied to be typed anew. */
export type RecordingDraft = { readonly [K in RecordingKey]: EffectiveRecording[K] | null | "" };

/** What the fields show; a key is missing where the value is inherited and not known to this person. */
export type ShownRecording = { readonly [K in RecordingKey]?: EffectiveRecording[K] | "" };

/** Why a field cannot be saved as it is. */
export type RecordingProblem = "required" | "scheduleNeeded" | "noSubStream";

/** The fields of a camera, or of the defaults, before anything is changed. */
export function recordingDraft(own: RecordingOverrides): RecordingDraft {
  return byKey<RecordingDraft>((key) => own[key] ?? null);
}

/**
 * What a camera inherits, as far as it can be known: all of it for those who may read the defaults, else what the camera inherits now.
 */
export function inheritedRecording(
  camera: Camera,
  defaults: EffectiveRecording | undefined,
): Partial<EffectiveRecording> {
  if (defaults !== undefined) return defaults;
  return byKey<Partial<EffectiveRecording>>((key) =>
    camera.recording[key] == null ? camera.effective.recording[key] : undefined,
  );
}

/** The values to show: the own ones, else the inherited. */
export function shownRecording(draft: RecordingDraft, inherited: Partial<EffectiveRecording>): ShownRecording {
  return byKey<ShownRecording>((key) => draft[key] ?? inherited[key]);
}

/** The merge patch that turns one draft into another: null makes a value inherited again. Empty when nothing changed. */
export function recordingChanges(before: RecordingDraft, draft: RecordingDraft): RecordingOverrides {
  return Object.fromEntries(RECORDING_KEYS.filter((key) => draft[key] !== before[key]).map((key) => [key, draft[key]]));
}

/** What is wrong before the server is asked. `hasSub` null: it is not known, because it is another for each camera. */
export function recordingProblems(
  shown: ShownRecording,
  hasSub: boolean | null,
): Partial<Record<RecordingKey, RecordingProblem>> {
  const problems: Partial<Record<RecordingKey, RecordingProblem>> = {};
  for (const key of RECORDING_KEYS) if (shown[key] === "") problems[key] = "required";
  if (shown.mode === "scheduled" && shown.schedule_id === null) problems.schedule_id = "scheduleNeeded";
  if (shown.stream === "sub" && hasSub === false) problems.stream = "noSubStream";
  return problems;
}

/** How many cameras inherit a setting. */
export function inheritorCount(cameras: readonly Camera[], key: RecordingKey | "audio"): number {
  return cameras.filter((camera) => (key === "audio" ? camera.audio : (camera.recording[key] ?? null)) === null).length;
}

function byKey<T>(settingOf: (key: RecordingKey) => unknown): T {
  const entries = RECORDING_KEYS.map((key) => [key, settingOf(key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T;
}
