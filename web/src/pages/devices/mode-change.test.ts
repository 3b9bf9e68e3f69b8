import { CameraPatch } from "@nightjar/api/camera";
import { describe, expect, it } from "vitest";
import { TEST_DEFAULTS as DEFAULTS, testCamera } from "../../api/test-camera.contract.ts";
import { modeOverrides, previewModeChange } from "./mode-change.ts";

const INHERITING = testCamera({});
const CONTINUOUS = testCamera({ mode: "continuous" });
const NIGHTS = testCamera({ mode: "scheduled", schedule_id: 7 });
const ALL = [INHERITING, CONTINUOUS, NIGHTS];

describe("a mode for many cameras", () => {
  it("tells what becomes of each, and which stay as they are", () => {
    const preview = previewModeChange(ALL, { mode: "continuous", scheduleId: null }, DEFAULTS);
    expect(preview.changed).toEqual([
      {
        camera: INHERITING,
        from: { mode: "continuous", isInherited: true, scheduleId: null },
        to: { mode: "continuous", isInherited: false, scheduleId: null },
      },
      {
        camera: NIGHTS,
        from: { mode: "scheduled", isInherited: false, scheduleId: 7 },
        to: { mode: "continuous", isInherited: false, scheduleId: null },
      },
    ]);
    expect(preview.unchangedCount).toBe(1);
  });

  it("finds the cameras that would be left without a schedule", () => {
    const kept = previewModeChange(ALL, { mode: "scheduled", scheduleId: null }, DEFAULTS);
    expect(kept.withoutSchedule).toEqual([INHERITING, CONTINUOUS]);
    expect(kept.unchangedCount).toBe(1);
    const given = previewModeChange(ALL, { mode: "scheduled", scheduleId: 9 }, DEFAULTS);
    expect(given.withoutSchedule).toEqual([]);
    expect(given.changed.map(({ to }) => to.scheduleId)).toEqual([9, 9, 9]);
  });

  it("does not pretend to know the inherited mode", () => {
    const preview = previewModeChange(ALL, { mode: null, scheduleId: null }, undefined);
    expect(preview.changed.map(({ to }) => to.mode)).toEqual([null, null]);
    expect(preview.unchangedCount).toBe(1);
  });

  it("is sent as a patch that leaves all else alone", () => {
    expect(modeOverrides({ mode: "motion", scheduleId: 9 })).toEqual({ mode: "motion" });
    expect(modeOverrides({ mode: "scheduled", scheduleId: 9 })).toEqual({ mode: "scheduled", schedule_id: 9 });
    expect(CameraPatch.safeParse({ recording: modeOverrides({ mode: null, scheduleId: null }) }).success).toBe(true);
  });
});
