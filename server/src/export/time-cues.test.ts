import { expect, it } from "vitest";
import type { PlacedPiece } from "./export-plan.ts";
import { timeCues } from "./time-cues.ts";

function piece(startMs: number, endMs: number, fromSeconds: number): PlacedPiece {
  return { source: {} as PlacedPiece["source"], startMs, endMs, fromSeconds };
}

const BERLIN = { timeZone: "Europe/Berlin", cameraName: null };

it("says the second in which each picture was taken, from piece to piece", () => {
  const at = Date.UTC(2026, 3, 9, 12, 0, 0, 400);
  const text = timeCues([piece(at, at + 1000, 2), piece(at + 60_000, at + 60_100, 3)], BERLIN);
  expect(text).toBe(
    [
      "1\n00:00:02,000 --> 00:00:02,600\n2026-04-09 14:00:00 GMT+2\n",
      "2\n00:00:02,600 --> 00:00:03,000\n2026-04-09 14:00:01 GMT+2\n",
      "3\n00:00:03,000 --> 00:00:03,100\n2026-04-09 14:01:00 GMT+2\n",
    ].join("\n"),
  );
});

it("tells the two hours apart that have the same name when the clocks are put back", () => {
  const change = Date.UTC(2026, 9, 25, 1);
  const text = timeCues([piece(change - 1000, change + 1000, 0)], BERLIN);
  expect(text).toContain("02:59:59 GMT+2");
  expect(text).toContain("02:00:00 GMT+1");
});

it("lets a camera's name be neither markup nor lines of its own", () => {
  const cameraName = "Gate <b>{\\an8}\nhere";
  const text = timeCues([piece(0, 500, 0)], { timeZone: "UTC", cameraName });
  expect(text).toContain("1970-01-01 00:00:00 GMT  Gate  b   an8  here");
  expect(text.trim().split("\n")).toHaveLength(3);
});
