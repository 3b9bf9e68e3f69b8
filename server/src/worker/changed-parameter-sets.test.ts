import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { NO_CHAIN } from "../footage/made-segment.contract.ts";
import type { Report, SegmentClosed } from "../ipc/messages.ts";
import { changingMp4, FRAMES_PER_PIECE, PIECE_SECONDS } from "../media/changing-footage.contract.ts";
import { FragmentReader, type StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { FRAME_MS, packetsOf, runProgram } from "../media/made-footage.contract.ts";
import { WallClock } from "../recording/wall-clock.ts";
import { SegmentRecorder } from "./segment-recorder.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 3, 9, 14, 0, 0);
const RUN = "11111111-1111-4111-8111-111111111111";

it("a change of resolution begins a segment in the same run, without a gap and without a sample lost", async () => {
  const folder = join(root, "camera");
  const clock = new SimulatedClock(START_MS);
  const reports: Report[] = [];
  const ends: number[] = [];
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
    onFootage: () => {},
    onFootageEnd: (endMs) => ends.push(endMs),
  });
  const wall = new WallClock();
  const sizes = ["640x360", "320x180", "640x360"];
  let init: StreamInit | null = null;
  for (const part of new FragmentReader().push(await changingMp4("libx264", sizes))) {
    if (part.kind === "init") {
      init = part;
      if (!part.continues) recorder.startRun(RUN, part, wall);
      continue;
    }
    const last = init && lastPicture(part, init.video.timescale);
    if (init === null || last === null) throw new Error("a fragment without pictures");
    const arrivalMs = START_MS + last.startMs + 2 * FRAME_MS;
    clock.advance(Math.max(0, arrivalMs - clock.nowMs()));
    wall.observe(arrivalMs, last.startMs, last.durationMs);
    recorder.take(part, "continuous", init);
  }
  await recorder.close();

  const closed = reports
    .filter((report): report is SegmentClosed => report.kind === "segment_closed")
    .sort((a, b) => a.number - b.number);
  expect(closed.map(({ runId, number }) => ({ runId, number }))).toEqual(
    [0, 1, 2].map((number) => ({ runId: RUN, number })),
  );
  expect((await readdir(folder)).sort()).toEqual(closed.map((report) => report.name));
  for (const [index, report] of closed.entries()) {
    const path = join(folder, report.name);
    const next = closed[index + 1];
    if (next !== undefined) expect(next.startMs).toBe(report.endMs);
    expect(report.endMs - report.startMs).toBe(PIECE_SECONDS * 1000);
    expect(await packetsOf(path)).toHaveLength(FRAMES_PER_PIECE);
    const said = await runProgram("ffprobe", [
      ...["-v", "warning", "-show_entries", "stream=width,height", "-of", "csv=p=0:s=x", path],
    ]);
    expect(said.toString().trim()).toBe(sizes[index]);
    await runProgram("ffmpeg", ["-v", "warning", "-i", path, "-f", "null", "-"]);
  }
  expect(ends).toHaveLength(1);
});
