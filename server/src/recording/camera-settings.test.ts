import { describe, expect, it } from "vitest";
import {
  DEFAULT_AUDIO,
  DEFAULT_RECORDING,
  effectiveAudio,
  effectiveRecording,
  patchAudio,
  patchRecording,
} from "./camera-settings.ts";

describe("camera settings", () => {
  it("are inherited where the camera has none of its own", () => {
    expect(effectiveRecording({})).toEqual(DEFAULT_RECORDING);
    expect(effectiveRecording({ retention_days: null, segment_seconds: 20 })).toEqual({
      ...DEFAULT_RECORDING,
      segment_seconds: 20,
    });
    expect(effectiveRecording({ retention_days: 0 }).retention_days).toBe(0);
    expect(effectiveAudio(null)).toEqual(DEFAULT_AUDIO);
  });

  it("follow a merge patch: absent stays, null is inherited again", () => {
    const present = { mode: "disabled" as const, retention_days: 7 };
    expect(patchRecording(present, undefined)).toEqual(present);
    expect(patchRecording(present, { mode: null, pre_event_seconds: 3 })).toEqual({
      retention_days: 7,
      pre_event_seconds: 3,
    });
    expect(patchRecording(present, null)).toEqual({});
    expect(patchAudio(null, { enabled: false })).toEqual({ enabled: false, codec: "auto" });
    expect(patchAudio({ enabled: false, codec: "aac" }, {})).toEqual({ enabled: false, codec: "aac" });
    expect(patchAudio({ enabled: false, codec: "aac" }, null)).toBeNull();
  });
});
