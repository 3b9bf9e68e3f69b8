import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { NO_CHAIN } from "../footage/made-segment.contract.ts";
import type { Report, SegmentClosed } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { FRAME_MS, fragmentedMp4, packetsOf, readStream } from "../media/made-footage.contract.ts";
import { type LedgerEntry, ledgerSpans } from "../recording/ledger.ts";
import { Ledger } from "./ledger.ts";
import { type ControlSettings, RecordingControl } from "./recording-control.ts";
import { SegmentRecorder } from "./segment-recorder.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 3, 9, 12, 0, 0);
const SECONDS = 60;
let init: StreamInit;
let fragments: readonly Fragment[];
let folders = 0;

beforeAll(async () => {
  const stream = await readStream(await fragmentedMp4({ seconds: SECONDS, sound: true }));
  init = stream.init;
  fragments = stream.fragments;
});

const pictureMs = (fragment: Fragment) => lastPicture(fragment, init.video.timescale)?.startMs ?? 0;
const startMs = (fragment: Fragment) => ((fragment.video?.decodeTimeTicks ?? 0) * 1000) / init.video.timescale;

async function rig(changed: Partial<ControlSettings>) {
  folders += 1;
  const folder = join(root, String(folders));
  const clock = new SimulatedClock(START_MS);
  const entries: LedgerEntry[] = [];
  const reports: Report[] = [];
  const ledger = await Ledger.open({
    folder: join(folder, "ledger"),
    clock,
    log: silentLog,
    report: (entry) => entries.push(entry),
  });
  ledger.note(START_MS, { kind: "gap", cause: "restarted" });
  const parts: { control?: RecordingControl } = {};
  const recorder = new SegmentRecorder({
    settings: {
      tenantId: 1,
      cameraId: 7,
      cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
      segmentSeconds: 600,
      segmentMaxBytes: 0,
      segmentFolder: folder,
      maxBufferBytes: 2 ** 26,
    },
    clock,
    log: silentLog,
    chain: NO_CHAIN,
    footageEndMs: 0,
    prepareFolder: () => makeFolder(folder),
    report: (report) => reports.push(report),
    onFootage: (fromMs, recording) => ledger.note(fromMs, { kind: "recorded", recording }),
    onFootageEnd: (endMs, cause) =>
      ledger.note(
        endMs,
        cause === null && parts.control ? parts.control.idleState : { kind: "gap", cause: cause ?? "unknown" },
      ),
  });
  const settings: ControlSettings = {
    mode: "motion",
    windows: null,
    timeZone: "UTC",
    preEventSeconds: 5,
    postEventSeconds: 10,
    maxBufferBytes: 2 ** 26,
    ...changed,
  };
  const control = new RecordingControl({
    settings,
    recorder,
    ledger,
    clock,
    manual: { kind: "none" },
    onManual: () => {},
    onChanged: () => {},
  });
  parts.control = control;
  control.runStarted("11111111-1111-4111-8111-111111111111", init);
  let next = 0;
  return {
    control,
    settings,
    /** Brings the camera's fragments up to `seconds` of the run, each two frames behind its last picture. */
    async bring(seconds: number) {
      for (
        let fragment = fragments[next];
        fragment !== undefined && startMs(fragment) < seconds * 1000;
        fragment = fragments[next]
      ) {
        const arrivalMs = START_MS + pictureMs(fragment) + 2 * FRAME_MS;
        clock.advance(Math.max(0, arrivalMs - clock.nowMs()));
        control.take(fragment, arrivalMs);
        next += 1;
        // Real disks cannot follow a simulated clock.
        if (recorder.diskSlow) await eventually(() => expect(recorder.diskSlow).toBe(false));
      }
    },
    at: (seconds: number) => START_MS + seconds * 1000,
    async end() {
      control.close("stopped");
      await recorder.close();
      await ledger.close();
      const closed = reports.filter((report): report is SegmentClosed => report.kind === "segment_closed");
      const spans = ledgerSpans(entries, START_MS, clock.nowMs());
      return {
        pieces: closed.map((one) => [
          (one.startMs - START_MS) / 1000,
          (one.endMs - START_MS) / 1000,
          one.recordingKind,
        ]),
        paths: closed.map((one) => join(folder, one.name)),
        spans: spans.map(({ state, ...span }) => [
          (span.startMs - START_MS) / 1000,
          (span.endMs - START_MS) / 1000,
          state.kind === "recorded" ? state.recording : state.cause,
        ]),
      };
    },
  };
}

/** Group of pictures of the made footage, seconds. */
const GOP = 1;
const near = (seconds: number) => expect.closeTo(seconds, 0);

describe("a motion recording", () => {
  it("begins at or up to one GOP before the pre-event time, and ends behind the post-event time at a GOP", async () => {
    const self = await rig({});
    await self.bring(20);
    self.control.motionStarted(self.at(19.5));
    await self.bring(25);
    self.control.motionEnded(self.at(24.5));
    await self.bring(50);
    const { pieces, spans } = await self.end();
    expect(pieces).toHaveLength(1);
    const [[from, to, kind] = []] = pieces;
    expect(kind).toBe("motion");
    expect(from).toBeLessThanOrEqual(14.5);
    expect(from).toBeGreaterThanOrEqual(14.5 - GOP);
    expect(to).toBeGreaterThanOrEqual(34.5);
    expect(to).toBeLessThanOrEqual(34.5 + GOP + 0.5);
    expect(spans.map((span) => span[2])).toEqual(
      ["restarted", "no_motion", "motion", "no_motion", "stopped"].filter((cause) =>
        spans.some((span) => span[2] === cause),
      ),
    );
  });

  it("is one for motions that overlap in their post-event times, with every frame once", async () => {
    const self = await rig({});
    await self.bring(20);
    self.control.motionStarted(self.at(19.5));
    await self.bring(22);
    self.control.motionEnded(self.at(21.5));
    await self.bring(28);
    self.control.motionStarted(self.at(27.5));
    await self.bring(30);
    self.control.motionEnded(self.at(29.5));
    await self.bring(58);
    const { pieces, paths } = await self.end();
    expect(pieces).toHaveLength(1);
    const packets = (await packetsOf(paths[0] ?? "")).filter((packet) => packet.kind === "video");
    const [[from, to] = []] = pieces;
    expect(packets).toHaveLength(Math.round((((to as number) - (from as number)) * 1000) / FRAME_MS));
  });
});

describe("a person's wish", () => {
  it("records over the mode from the GOP in progress to the end of the last one", async () => {
    const self = await rig({ mode: "disabled" });
    await self.bring(10.6);
    self.control.startManual(null);
    await self.bring(20.4);
    self.control.stopManual();
    await self.bring(30);
    const { pieces, spans } = await self.end();
    expect(pieces).toEqual([[near(10), near(21), "manual"]]);
    expect(spans.map((span) => span[2])).toEqual(["mode_disabled", "manual", "mode_disabled"]);
  });

  it("keeps the past from the buffer, and says how much there was", async () => {
    const self = await rig({ mode: "disabled", preEventSeconds: 8 });
    await self.bring(20.5);
    const { keptSeconds } = self.control.keep(30);
    expect(keptSeconds).toBeGreaterThan(7.5);
    expect(keptSeconds).toBeLessThan(10);
    await self.bring(30);
    const { pieces } = await self.end();
    expect(pieces).toEqual([[near(12), near(21), "manual"]]);
  });

  it("in a continuous recording marks the span as manual and loses no frame at its borders", async () => {
    const self = await rig({ mode: "continuous" });
    await self.bring(10.5);
    self.control.startManual(10);
    await self.bring(40);
    const { pieces, paths } = await self.end();
    expect(pieces.map((piece) => piece[2])).toEqual(["continuous", "manual", "continuous"]);
    expect(pieces[0]?.[1]).toBe(pieces[1]?.[0]);
    expect(pieces[1]?.[1]).toBe(pieces[2]?.[0]);
    const counts = await Promise.all(
      paths.map(async (path) => (await packetsOf(path)).filter((packet) => packet.kind === "video").length),
    );
    const given = fragments
      .filter((fragment) => startMs(fragment) < 40_000)
      .flatMap((fragment) => fragment.video?.runs.flatMap((run) => run.samples) ?? []);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(given.length);
  });
});

it("a schedule begins and ends a recording without touching the connection, and every second is accounted for once", async () => {
  const windows = [{ days: ["thu"] as const, start: "12:00", end: "12:01", mode: "continuous" as const }];
  const self = await rig({ mode: "scheduled", windows: [] });
  await self.bring(5);
  self.control.update({ ...self.settings, windows });
  await self.bring(30);
  self.control.update({ ...self.settings, windows: [] });
  await self.bring(40);
  const { pieces, spans } = await self.end();
  expect(pieces.map((piece) => piece[2])).toEqual(["scheduled"]);
  expect(spans.map((span) => span[2])).toEqual(["outside_schedule", "scheduled", "outside_schedule"]);
  for (const [index, span] of spans.entries()) if (index > 0) expect(span[0]).toBe(spans[index - 1]?.[1]);
});
