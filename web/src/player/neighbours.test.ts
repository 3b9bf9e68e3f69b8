import { describe, expect, it } from "vitest";
import { recordingStarts } from "./neighbours.ts";

const at = (second: number) => new Date(Date.UTC(2026, 3, 9, 14, 0, second)).toISOString();
const recording = (from: number, to: number, kind: "continuous" | "motion" = "continuous") => ({
  start: at(from),
  end: at(to),
  kind,
});

describe("recordings, as a person goes from one to the next", () => {
  it("begin after a gap, not where only the reason for recording changes", () => {
    const recordings = [recording(0, 10), recording(10, 20, "motion"), recording(20, 30), recording(32, 40)];
    expect(recordingStarts({ recordings })).toEqual([Date.parse(at(0)), Date.parse(at(32))]);
  });

  it("are none where there is no footage", () => {
    expect(recordingStarts({ recordings: [] })).toEqual([]);
  });
});
