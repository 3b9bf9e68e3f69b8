import { expect, it } from "vitest";
import { type WarningInputs, workerWarnings } from "./warnings.ts";

const WELL: WarningInputs = {
  settings: { segmentSeconds: 600, segmentFolder: "/footage/7" },
  aheadMs: 0,
  diskSlow: false,
  withoutSyncMs: 1_200_000,
  audioFallback: null,
};

it("a person is warned of what harms footage though it is recorded, each with what to do, and of nothing else", () => {
  const kinds = (changed: Partial<WarningInputs>) => workerWarnings({ ...WELL, ...changed }).map((one) => one.kind);
  expect(kinds({})).toEqual([]);
  expect(kinds({ aheadMs: 5000 })).toEqual(["clock_suspect"]);
  expect(kinds({ diskSlow: true })).toEqual(["disk_slow"]);
  expect(kinds({ withoutSyncMs: 1_200_001 })).toEqual(["no_sync_sample"]);
  expect(kinds({ audioFallback: "pcm_mulaw" })).toEqual(["audio_fallback"]);
  for (const { message, action } of workerWarnings({ ...WELL, aheadMs: 5000, diskSlow: true, audioFallback: "g726" })) {
    expect(message.length).toBeGreaterThan(20);
    expect(action.length).toBeGreaterThan(20);
  }
});
