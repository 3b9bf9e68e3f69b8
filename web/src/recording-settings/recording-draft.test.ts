import { CameraPatch } from "@nightjar/api/camera";
import { describe, expect, it } from "vitest";
import { testCamera as camera, TEST_DEFAULTS as DEFAULTS } from "../api/test-camera.contract.ts";
import {
  inheritedRecording,
  inheritorCount,
  recordingChanges,
  recordingDraft,
  recordingProblems,
  shownRecording,
} from "./recording-draft.ts";

describe("the recording settings of a camera", () => {
  it("show the own value where there is one, zero included, and else the inherited", () => {
    const draft = recordingDraft({ mode: "motion", pre_event_seconds: 0, retention_days: null });
    expect(shownRecording(draft, DEFAULTS)).toEqual({ ...DEFAULTS, mode: "motion", pre_event_seconds: 0 });
  });

  it("know what is inherited also for those who may not read the defaults, as far as it is in use", () => {
    const door = camera({ mode: "disabled", segment_seconds: null });
    expect(inheritedRecording(door, DEFAULTS)).toEqual(DEFAULTS);
    const { mode: _, ...inUse } = DEFAULTS;
    expect(inheritedRecording(door, undefined)).toEqual(inUse);
    expect(shownRecording(recordingDraft({}), inUse).mode).toBeUndefined();
  });

  it("are saved as what was changed, where null means inherited again", () => {
    const before = recordingDraft({ mode: "motion", retention_days: 7 });
    const recording = recordingChanges(before, { ...before, mode: null, segment_seconds: 60 });
    expect(recording).toEqual({ mode: null, segment_seconds: 60 });
    expect(CameraPatch.safeParse({ recording }).success).toBe(true);
    expect(recordingChanges(before, before)).toEqual({});
  });

  it("are not saved with an empty number, without the schedule that is recorded by, or from a stream that is not there", () => {
    const draft = { ...recordingDraft({ mode: "scheduled", stream: "sub" }), segment_seconds: "" } as const;
    expect(recordingProblems(shownRecording(draft, DEFAULTS), false)).toEqual({
      segment_seconds: "required",
      schedule_id: "scheduleNeeded",
      stream: "noSubStream",
    });
    expect(recordingProblems(shownRecording(recordingDraft({ stream: "sub" }), DEFAULTS), null)).toEqual({});
    const byDefaultSchedule = shownRecording(recordingDraft({ mode: "scheduled" }), { ...DEFAULTS, schedule_id: 3 });
    expect(recordingProblems(byDefaultSchedule, true)).toEqual({});
  });

  it("are counted where they are inherited", () => {
    const cameras = [camera({ mode: "motion" }), camera({ mode: null }), camera({}, { enabled: false, codec: "auto" })];
    expect(inheritorCount(cameras, "mode")).toBe(2);
    expect(inheritorCount(cameras, "retention_days")).toBe(3);
    expect(inheritorCount(cameras, "audio")).toBe(2);
  });
});
