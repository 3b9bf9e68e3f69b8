import { describe, expect, it } from "vitest";
import {
  BUILT_IN_DEFAULTS,
  defaultsWithoutSchedule,
  effectiveAudio,
  effectiveRecording,
  lacksSchedule,
  patchAudio,
  patchRecording,
} from "./camera-settings.ts";

const { recording: RECORDING, audio: AUDIO } = BUILT_IN_DEFAULTS;

describe("camera settings", () => {
  it("are inherited where the camera has none of its own", () => {
    expect(effectiveRecording({}, RECORDING)).toEqual(RECORDING);
    expect(effectiveRecording({ retention_days: null, segment_seconds: 20 }, RECORDING)).toEqual({
      ...RECORDING,
      segment_seconds: 20,
    });
    expect(effectiveRecording({ retention_days: 0 }, RECORDING).retention_days).toBe(0);
    expect(effectiveAudio(null, AUDIO)).toEqual(AUDIO);
  });

  it("follow a merge patch: absent stays, null is inherited again", () => {
    const present = { mode: "disabled" as const, retention_days: 7 };
    expect(patchRecording(present, undefined)).toEqual(present);
    expect(patchRecording(present, { mode: null, pre_event_seconds: 3 })).toEqual({
      retention_days: 7,
      pre_event_seconds: 3,
    });
    expect(patchRecording(present, null)).toEqual({});
    expect(patchAudio(null, { enabled: false }, AUDIO)).toEqual({ enabled: false, codec: "auto" });
    expect(patchAudio(null, { enabled: false }, { enabled: true, codec: "opus" })).toEqual({
      enabled: false,
      codec: "opus",
    });
    expect(patchAudio({ enabled: false, codec: "aac" }, {}, AUDIO)).toEqual({ enabled: false, codec: "aac" });
    expect(patchAudio({ enabled: false, codec: "aac" }, null, AUDIO)).toBeNull();
  });

  it("never leave a camera without footage because the default schedule is another tenant's", () => {
    const scheduled = { ...BUILT_IN_DEFAULTS, recording: { ...RECORDING, mode: "scheduled" as const, schedule_id: 3 } };
    expect(lacksSchedule(scheduled.recording)).toBe(false);
    expect(lacksSchedule({ ...scheduled.recording, schedule_id: null })).toBe(true);
    expect(defaultsWithoutSchedule(scheduled)).toEqual(BUILT_IN_DEFAULTS);
    const motion = { ...scheduled, recording: { ...scheduled.recording, mode: "motion" as const } };
    expect(defaultsWithoutSchedule(motion).recording).toMatchObject({ mode: "motion", schedule_id: null });
  });
});
