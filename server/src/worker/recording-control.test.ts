import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { FRAME_MS, packetsOf } from "../media/made-footage.contract.ts";
import type { ControlSettings } from "./recording-control.ts";
import { EndlessFootage, SimulatedCamera } from "./simulated-camera.contract.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 3, 9, 12, 0, 0);
/** Group of pictures of the made footage, seconds. */
const GOP = 1;
let footage: EndlessFootage;
let folders = 0;

beforeAll(async () => {
  footage = await EndlessFootage.make(10, true);
});

async function camera(control: Partial<ControlSettings>): Promise<SimulatedCamera> {
  folders += 1;
  const started = await SimulatedCamera.start({
    footage,
    folder: join(root, String(folders)),
    startMs: START_MS,
    control,
  });
  started.connect();
  return started;
}

/** Kinds and causes in the order of the ledger, without how it began and ended. */
function told(self: SimulatedCamera): string[] {
  return self.spans.map((span) => span[2]).filter((word) => word !== "restarted" && word !== "stopped");
}

const at = (seconds: number) => START_MS + seconds * 1000;
const near = (seconds: number) => expect.closeTo(seconds, 0);

/** `[from, to, kind]` of the closed segments, seconds from the start. */
function pieces({ closed }: SimulatedCamera): [number, number, string][] {
  return closed.map((one) => [(one.startMs - START_MS) / 1000, (one.endMs - START_MS) / 1000, one.recordingKind]);
}

async function picturesIn(self: SimulatedCamera): Promise<number> {
  const packets = await Promise.all(self.closed.map((one) => packetsOf(self.path(one.name))));
  return packets.flat().filter((packet) => packet.kind === "video").length;
}

describe("a motion recording", () => {
  it("begins at or up to one GOP before the pre-event time, and ends behind the post-event time at a GOP", async () => {
    const self = await camera({ mode: "motion" });
    await self.bring(20);
    self.control.motionStarted(at(19.5));
    await self.bring(5);
    self.control.motionEnded(at(24.5));
    await self.bring(25);
    await self.end();
    expect(pieces(self)).toHaveLength(1);
    const [[from, to, kind] = [0, 0, ""]] = pieces(self);
    expect(kind).toBe("motion");
    expect(from).toBeLessThanOrEqual(14.5);
    expect(from).toBeGreaterThanOrEqual(14.5 - GOP);
    expect(to).toBeGreaterThanOrEqual(34.5);
    expect(to).toBeLessThanOrEqual(34.5 + GOP + 0.5);
    expect(told(self)).toEqual(["no_motion", "motion", "no_motion"]);
    expect(self.spans[1]?.slice(0, 2)).toEqual([from, to]);
  });

  it("is one for motions that overlap in their post-event times, with every frame once", async () => {
    const self = await camera({ mode: "motion" });
    await self.bring(20);
    self.control.motionStarted(at(19.5));
    await self.bring(2);
    self.control.motionEnded(at(21.5));
    await self.bring(6);
    self.control.motionStarted(at(27.5));
    await self.bring(2);
    self.control.motionEnded(at(29.5));
    await self.bring(28);
    await self.end();
    expect(pieces(self)).toHaveLength(1);
    const [[from, to] = [0, 0]] = pieces(self);
    expect(await picturesIn(self)).toBe(Math.round(((to - from) * 1000) / FRAME_MS));
  });

  it("does not reach back to a motion that was recorded before", async () => {
    const self = await camera({ mode: "motion", preEventSeconds: 30 });
    await self.bring(40);
    self.control.motionStarted(at(40));
    await self.bring(1);
    self.control.motionStarted(at(41));
    self.control.motionEnded(at(41));
    await self.bring(50);
    self.control.startManual(2);
    await self.bring(9);
    await self.end();
    const [first, second] = pieces(self);
    expect(first).toEqual([near(9), near(51), "motion"]);
    expect(second?.[0]).toBeGreaterThan(89);
  });
});

describe("a person's wish", () => {
  it("records over the mode from the GOP in progress to the end of the last one", async () => {
    const self = await camera({ mode: "disabled" });
    await self.bring(10.6);
    self.control.startManual(null);
    await self.bring(10.2);
    self.control.stopManual();
    await self.bring(10);
    await self.end();
    expect(pieces(self)).toEqual([[near(10), near(21), "manual"]]);
    expect(told(self)).toEqual(["mode_disabled", "manual", "mode_disabled"]);
  });

  it("keeps the past from the buffer, and says how much there was", async () => {
    const self = await camera({ mode: "disabled", preEventSeconds: 8 });
    await self.bring(20.5);
    const { keptSeconds } = self.control.keep(30);
    expect(keptSeconds).toBeGreaterThan(7.5);
    expect(keptSeconds).toBeLessThan(10);
    await self.bring(10);
    await self.end();
    expect(pieces(self)).toEqual([[near(12), near(21), "manual"]]);
  });

  it("to keep the past is told the truth where nothing or little of it is there", async () => {
    const self = await camera({ mode: "disabled" });
    expect(self.control.keep(10)).toEqual({ keptSeconds: 0 });
    await self.bring(5.5);
    self.control.startManual(null);
    await self.bring(3);
    expect(self.control.keep(60).keptSeconds).toBeCloseTo(3.5, 0);
    expect(self.control.keep(2)).toEqual({ keptSeconds: 2 });
    self.control.runEnded("camera_offline");
    expect(self.control.keep(60)).toEqual({ keptSeconds: 0 });
    await self.end();
  });

  it("in a continuous recording marks the span as manual and loses no frame at its borders", async () => {
    const self = await camera({ mode: "continuous" });
    await self.bring(10.5);
    self.control.startManual(10);
    await self.bring(30);
    await self.end();
    const found = pieces(self);
    expect(found.map((piece) => piece[2])).toEqual(["continuous", "manual", "continuous"]);
    expect(found[0]?.[1]).toBe(found[1]?.[0]);
    expect(found[1]?.[1]).toBe(found[2]?.[0]);
    const [[from] = [0], , [, to] = [0, 0]] = found;
    expect(await picturesIn(self)).toBe(Math.round(((to - from) * 1000) / FRAME_MS));
  });
});

describe("a camera that should record and cannot", () => {
  it("has a gap with the cause from the end of the last picture on", async () => {
    const self = await camera({ mode: "continuous" });
    await self.bring(10);
    await self.wait(10);
    self.control.runEnded("stream_stalled");
    await self.wait(2);
    self.control.impeded("camera_offline");
    await self.wait(3);
    self.connect();
    await self.bring(10);
    await self.end();
    const spans = self.spans.filter((span) => span[2] !== "restarted");
    expect(told(self)).toEqual(["continuous", "stream_stalled", "camera_offline", "continuous"]);
    expect(spans[1]?.[0]).toBeCloseTo(10, 0);
    expect(spans[3]?.[0]).toBeCloseTo(25, 0);
  });

  it("is missed in mode motion too: without pictures nobody can say that nothing moved", async () => {
    const self = await camera({ mode: "motion" });
    await self.bring(10);
    expect(self.control.wanted).toBe(false);
    self.control.runEnded("camera_offline");
    expect(self.control.wanted).toBe(true);
    await self.wait(20);
    self.connect();
    await self.bring(10);
    await self.end();
    expect(told(self)).toEqual(["no_motion", "camera_offline", "no_motion"]);
  });

  it("in which pictures are missing has a gap from where the next one should have been", async () => {
    const self = await camera({ mode: "continuous" });
    await self.bring(10);
    await self.bring(4, () => true);
    await self.bring(6);
    await self.end();
    const [, before, gap, after] = self.spans;
    expect(before).toEqual([expect.closeTo(0, 1), near(10), "continuous"]);
    expect(gap?.[2]).toBe("stream_stalled");
    expect(after?.[2]).toBe("continuous");
    // The run goes on, in the same file.
    expect(self.closed).toHaveLength(1);
    expect((gap?.[1] ?? 0) - (gap?.[0] ?? 0)).toBeCloseTo(4, 0);
  });
});

it("a schedule begins and ends a recording without touching the connection, and every second is accounted for once", async () => {
  const windows = [{ days: ["thu"] as const, start: "12:00", end: "12:01", mode: "continuous" as const }];
  const self = await camera({ mode: "scheduled", windows: [] });
  await self.bring(5);
  self.control.update({ ...self.settings, windows });
  await self.bring(25);
  self.control.update({ ...self.settings, windows: [] });
  await self.bring(10);
  await self.end();
  expect(pieces(self).map((piece) => piece[2])).toEqual(["scheduled"]);
  expect(new Set(self.closed.map((one) => one.runId)).size).toBe(1);
  expect(told(self)).toEqual(["outside_schedule", "scheduled", "outside_schedule"]);
  for (const [index, span] of self.spans.entries()) if (index > 0) expect(span[0]).toBe(self.spans[index - 1]?.[1]);
});

describe("a clock that is set", () => {
  it("forward ends the run at the next key frame, loses no picture, and leaves a gap that says so", async () => {
    const self = await camera({ mode: "continuous" });
    await self.bring(20.3);
    self.clock.step(3_600_000);
    await self.bring(20);
    await self.end();
    const [first, second] = self.closed;
    expect(self.closed).toHaveLength(2);
    expect(first?.runId).not.toBe(second?.runId);
    expect((second?.startMs ?? 0) - (first?.endMs ?? 0)).toBeCloseTo(3_600_000, -3);
    expect(await picturesIn(self)).toBeGreaterThanOrEqual(400);
    expect(told(self)).toEqual(["continuous", "clock_step", "continuous"]);
  });

  it("back lets footage go on behind the last, marked with its true time, and never overlaps", async () => {
    const self = await camera({ mode: "continuous" });
    await self.bring(60);
    self.clock.step(-30_000);
    await self.bring(20);
    expect(self.recorder.aheadMs).toBeCloseTo(30_000, -3);
    await self.end();
    const [first, second] = self.closed;
    expect(second?.startMs).toBe(first?.endMs);
    expect(second?.endMs).toBeCloseTo(at(80), -3);
    const note = self.entries.findLast((entry) => entry.state.kind === "recorded");
    expect(note?.trueMs).toBeUndefined();
    expect(await picturesIn(self)).toBeGreaterThanOrEqual(795);
  });

  it("back by an hour keeps the true times in the ledger, until gaps have let the clock catch up", async () => {
    const self = await camera({ mode: "continuous", preEventSeconds: 0 });
    await self.bring(30);
    self.clock.step(-3_600_000);
    await self.bring(10);
    const suspect = self.entries.at(-1);
    expect(suspect?.state).toEqual({ kind: "recorded", recording: "continuous" });
    expect((suspect?.atMs ?? 0) - (suspect?.trueMs ?? 0)).toBeCloseTo(3_600_000, -4);
    self.control.runEnded("camera_offline");
    await self.wait(3_700);
    self.connect();
    await self.bring(10);
    expect(self.recorder.aheadMs).toBe(0);
    await self.end();
    const { closed } = self;
    for (const [index, one] of closed.entries())
      if (index > 0) expect(one.startMs).toBeGreaterThanOrEqual(closed[index - 1]?.endMs ?? 0);
    expect(closed.at(-1)?.startMs).toBeCloseTo(at(30 - 3600 + 10 + 3700), -3);
  });

  it("while nothing is recorded leaves the skipped time as a gap", async () => {
    const self = await camera({ mode: "disabled" });
    await self.bring(10);
    self.clock.step(600_000);
    await self.bring(10);
    await self.end();
    expect(self.spans).toEqual([
      [0, near(10), "mode_disabled"],
      [near(10), near(610), "clock_step"],
      [near(610), near(620), "mode_disabled"],
    ]);
  });
});
