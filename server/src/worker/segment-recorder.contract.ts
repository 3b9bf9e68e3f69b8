import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { silentLog } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { ChainKeeper } from "../footage/chain-keeper.ts";
import type { Report, SegmentClosed } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { FRAME_MS, fragmentedMp4, readStream } from "../media/made-footage.contract.ts";
import { WallClock } from "../recording/wall-clock.ts";
import { type RecorderOptions, type RecorderSettings, SegmentRecorder } from "./segment-recorder.ts";

// A segment recorder alone, for tests that look at single fragments and files.

export const START_MS = Date.UTC(2026, 3, 9, 13, 59, 53, 300);
export const RUNS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"] as const;
export const PART = `${RUNS[0]}.part.mp4`;
let folders = 0;

export interface MadeStream {
  readonly init: StreamInit;
  readonly fragments: Fragment[];
}

/** A stream of so many seconds, as a camera's pipe brings it. */
export async function madeStream(seconds: number, sound = false): Promise<MadeStream> {
  return readStream(await fragmentedMp4({ seconds, sound }));
}

/** A recorder on a simulated clock, in a folder of its own below `root`. */
export async function recorderRig(
  root: string,
  changed: Partial<RecorderSettings> = {},
  options: Partial<RecorderOptions> = {},
) {
  folders += 1;
  const settings: RecorderSettings = {
    tenantId: 1,
    cameraId: 7,
    cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    segmentSeconds: 10,
    segmentMaxBytes: 0,
    segmentFolder: join(root, String(folders)),
    maxBufferBytes: 2 ** 26,
    ...changed,
  };
  const clock = new SimulatedClock(START_MS);
  const chain = await ChainKeeper.open(join(root, `chain-${folders}`), settings.segmentFolder, {
    names: [],
    moves: [],
  });
  const reports: Report[] = [];
  const footage: { readonly fromMs: number; toMs: number | null }[] = [];
  const recorder = new SegmentRecorder({
    settings,
    clock,
    log: silentLog,
    chain,
    footageEndMs: 0,
    prepareFolder: () => makeFolder(settings.segmentFolder),
    report: (report) => reports.push(report),
    onFootage: (fromMs) => footage.push({ fromMs, toMs: null }),
    onFootageEnd: (endMs) => {
      const last = footage.at(-1);
      if (last !== undefined) last.toMs = endMs;
    },
    ...options,
  });
  let wall = new WallClock();
  return {
    footage,
    startRun(runId: string, init: StreamInit) {
      wall = new WallClock();
      recorder.startRun(runId, init, wall);
    },
    take(fragment: Fragment, init: StreamInit, arrivalMs: number) {
      const last = lastPicture(fragment, init.video.timescale);
      if (last !== null) wall.observe(arrivalMs, last.startMs, last.durationMs);
      recorder.take(fragment, "continuous", init);
    },
    chain,
    settings,
    clock,
    reports,
    recorder,
    closed: () => reports.filter((report): report is SegmentClosed => report.kind === "segment_closed"),
    path: (name: string) => join(settings.segmentFolder, name),
    names: () => readdir(settings.segmentFolder),
  };
}

/**
 * Brings fragments as a camera does: each two frames behind its last picture, the first ones later still. Media time 0 was at `zeroMs`;
 * without it the clock runs on from where it is. `arriving` is told each time ahead of its fragment.
 */
export function bring(
  { take, clock }: Awaited<ReturnType<typeof recorderRig>>,
  { init }: MadeStream,
  fragments: Fragment[],
  zeroMs = START_MS,
  arriving: (nowMs: number) => void = () => {},
): void {
  for (const fragment of fragments) {
    const samples = fragment.video?.runs.flatMap((run) => run.samples) ?? [];
    const ticks = samples
      .slice(0, -1)
      .reduce((sum, one) => sum + one.durationTicks, fragment.video?.decodeTimeTicks ?? 0);
    const mediaMs = (ticks * 1000) / init.video.timescale;
    const arrivalMs = zeroMs + mediaMs + 2 * FRAME_MS + Math.max(0, 900 - mediaMs / 2);
    clock.advance(Math.max(0, arrivalMs - clock.nowMs()));
    arriving(arrivalMs);
    take(fragment, init, arrivalMs);
  }
}
