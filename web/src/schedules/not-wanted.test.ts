import type { RecordingMode } from "@nightjar/api/camera";
import type { Schedule } from "@nightjar/api/schedule";
import { expect, it } from "vitest";
import { testCamera } from "../api/test-camera.contract.ts";
import { notWantedCause } from "./not-wanted.ts";

const SCHEDULES: Schedule[] = [
  {
    id: 7,
    name: "Nights",
    windows: [
      { days: ["fri"], start: "22:00", end: "06:00", mode: "motion" },
      { days: ["sun"], start: "10:00", end: "12:00", mode: "continuous" },
    ],
  },
];

it("tells why a camera rightly does not record, in the camera's own zone", () => {
  // Friday 10 April 2026, 22:30 in Tokyo.
  const night = Date.parse("2026-04-10T13:30:00Z");
  const sunday = Date.parse("2026-04-12T01:30:00Z");
  const because = (mode: RecordingMode, ms: number) =>
    notWantedCause(testCamera({ mode, schedule_id: 7 }), SCHEDULES, ms);
  expect(because("scheduled", night)).toBe("no_motion");
  expect(because("scheduled", night - 3_600_000)).toBe("outside_schedule");
  expect(because("scheduled", sunday)).toBeNull();
  expect(because("continuous", night)).toBeNull();
  expect(because("motion", night)).toBe("no_motion");
  expect(because("disabled", night)).toBe("mode_disabled");
  expect(notWantedCause(testCamera({ mode: "scheduled", schedule_id: 7 }), [], night)).toBeNull();
});
