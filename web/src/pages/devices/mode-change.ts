import type { Camera, EffectiveRecording, RecordingMode, RecordingOverrides } from "@nightjar/api/camera";

/** A mode for many cameras at once; null: the inherited one. */
export interface ModeChange {
  readonly mode: RecordingMode | null;
  /** Only for mode `scheduled`; null: each camera keeps what it has. */
  readonly scheduleId: number | null;
}

/** When a camera records. */
export interface ModeOfCamera {
  /** null: inherited, and not known to this person. */
  readonly mode: RecordingMode | null;
  readonly isInherited: boolean;
  /** Only in mode `scheduled`. */
  readonly scheduleId: number | null;
}

export interface ModeChangePreview {
  readonly changed: readonly { readonly camera: Camera; readonly from: ModeOfCamera; readonly to: ModeOfCamera }[];
  readonly unchangedCount: number;
  /** These would never record: they have no schedule. */
  readonly withoutSchedule: readonly Camera[];
}

/** The merge patch of the recording settings that makes the change. */
export function modeOverrides({ mode, scheduleId }: ModeChange): RecordingOverrides {
  return mode === "scheduled" && scheduleId !== null ? { mode, schedule_id: scheduleId } : { mode };
}

/** What a change does to each camera. `defaults` undefined: not known to this person. */
export function previewModeChange(
  cameras: readonly Camera[],
  change: ModeChange,
  defaults: EffectiveRecording | undefined,
): ModeChangePreview {
  const all = cameras.map((camera) => {
    const own = { ...camera.recording, ...modeOverrides(change) };
    const before = camera.effective.recording;
    const inherited = defaults ?? (camera.recording.mode == null ? before : undefined);
    const after = {
      mode: own.mode ?? inherited?.mode ?? null,
      schedule_id: own.schedule_id ?? before.schedule_id,
    };
    return {
      camera,
      from: modeOf(before, camera.recording.mode == null),
      to: modeOf(after, own.mode == null),
    };
  });
  const changed = all.filter(({ from, to }) => !isSame(from, to));
  return {
    changed,
    unchangedCount: all.length - changed.length,
    withoutSchedule: all.flatMap(({ camera, to }) =>
      to.mode === "scheduled" && to.scheduleId === null ? [camera] : [],
    ),
  };
}

function modeOf(
  { mode, schedule_id }: { mode: RecordingMode | null; schedule_id: number | null },
  isInherited: boolean,
): ModeOfCamera {
  return { mode, isInherited, scheduleId: mode === "scheduled" ? schedule_id : null };
}

function isSame(a: ModeOfCamera, b: ModeOfCamera): boolean {
  return a.mode === b.mode && a.isInherited === b.isInherited && a.scheduleId === b.scheduleId;
}
