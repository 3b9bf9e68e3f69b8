import { copyFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { ChainKeeper } from "../footage/chain-keeper.ts";
import { NO_CHAIN } from "../footage/made-segment.contract.ts";
import { repairSegment } from "../footage/repair.ts";
import type { Report, SegmentClosed } from "../ipc/messages.ts";
import { writeBox } from "../media/isobmff/box.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { FRAME_MS, fragmentedMp4, type Packet, packetsOf, readStream } from "../media/made-footage.contract.ts";
import { WallClock } from "../recording/wall-clock.ts";
import { type RecorderOptions, type RecorderSettings, SegmentRecorder } from "./segment-recorder.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 3, 9, 13, 59, 53, 300);
const RUNS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"] as const;
const PART = `${RUNS[0]}.part.mp4`;
let folders = 0;

interface Footage {
  readonly init: StreamInit;
  readonly fragments: Fragment[];
}

async function footage(seconds: number, sound = false): Promise<Footage> {
  return readStream(await fragmentedMp4({ seconds, sound }));
}

async function rig(changed: Partial<RecorderSettings> = {}, options: Partial<RecorderOptions> = {}) {
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
  const chain = await ChainKeeper.open(join(root, `chain-${folders}`), settings.segmentFolder, []);
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
 * without it the clock runs on from where it is.
 */
function bring(
  { take, clock }: Awaited<ReturnType<typeof rig>>,
  { init }: Footage,
  fragments: Fragment[],
  zeroMs = START_MS,
): void {
  for (const fragment of fragments) {
    const samples = fragment.video?.runs.flatMap((run) => run.samples) ?? [];
    const ticks = samples
      .slice(0, -1)
      .reduce((sum, one) => sum + one.durationTicks, fragment.video?.decodeTimeTicks ?? 0);
    const mediaMs = (ticks * 1000) / init.video.timescale;
    const arrivalMs = zeroMs + mediaMs + 2 * FRAME_MS + Math.max(0, 900 - mediaMs / 2);
    clock.advance(Math.max(0, arrivalMs - clock.nowMs()));
    take(fragment, init, arrivalMs);
  }
}

interface Content {
  readonly video: readonly string[];
  readonly audio: readonly string[];
}

/** Size and hash of all packets of the files in order: times begin anew in each. */
async function contentOf(...paths: readonly string[]): Promise<Content> {
  const all = (await Promise.all(paths.map((path) => packetsOf(path)))).flat();
  const content = (kind: Packet["kind"]) =>
    all.filter((packet) => packet.kind === kind).map((packet) => `${packet.size} ${packet.hash}`);
  return { video: content("video"), audio: content("audio") };
}

async function wholeContent({ init, fragments }: Footage): Promise<Content> {
  const path = join(root, "whole.mp4");
  const parts = fragments.flatMap(({ moof, mdat }) => [moof, ...mdat]);
  await writeFile(path, Buffer.concat([init.ftyp, init.moov, ...parts]));
  return contentOf(path);
}

describe("the segment recorder", () => {
  it("loses and repeats no sample at its cuts, which are at multiples of the length from UTC midnight", async () => {
    const given = await footage(30, true);
    const content = await wholeContent(given);
    const self = await rig();
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();

    const closed = self.closed();
    const names = closed.map((report) => report.name);
    expect(names).toEqual(["13-59-53", "14-00-00", "14-00-10", "14-00-20"].map((time) => `2026-04-09_${time}.mp4`));
    expect((await self.names()).sort()).toEqual(names);
    expect(await contentOf(...names.map(self.path))).toEqual(content);
    for (const [index, report] of closed.entries()) {
      const next = closed[index + 1];
      // Priming of the sound moves the picture up by 21 ms.
      if (index === 0) expect(Math.abs(report.startMs - START_MS)).toBeLessThan(25);
      if (next !== undefined) expect(next.startMs).toBe(report.endMs);
      expect(report).toMatchObject({ runId: RUNS[0], number: index, state: "closed", recordingKind: "continuous" });
      const { mtimeMs, size } = await stat(self.path(report.name));
      expect(Math.round(mtimeMs)).toBe(report.endMs);
      expect(size).toBe(report.sizeBytes);
      expect(await repairSegment(self.path(report.name), NO_CHAIN)).toMatchObject({
        kind: "closed",
        payloadSha256: report.payloadSha256,
        endMs: report.endMs,
        identity: { startMs: report.startMs, cameraId: 7, runId: RUNS[0], number: index },
      });
    }
    expect(self.reports.filter((report) => report.kind === "segment_opened").map((report) => report.name)).toEqual(
      names,
    );
  });

  it("names a run's first file when its time has settled; until then it is a .part.mp4, readable all the while", async () => {
    const given = await footage(6);
    const content = await wholeContent(given);
    const self = await rig();
    self.startRun(RUNS[0], given.init);
    const copy = join(root, "copy.mp4");
    let broughtBytes = 0;
    for (const [index, fragment] of given.fragments.entries()) {
      bring(self, given, [fragment]);
      broughtBytes += fragment.sizeBytes;
      if (index % 8 !== 3) continue;
      const name = await eventually(async () => {
        const [only, ...others] = await self.names();
        expect(others).toEqual([]);
        expect((await stat(self.path(only ?? ""))).size).toBeGreaterThan(broughtBytes);
        return only ?? "";
      });
      const settled = self.reports.length > 0;
      expect(name).toBe(settled ? "2026-04-09_13-59-53.mp4" : PART);
      expect(self.recorder.openSegments.map((open) => open.name)).toEqual(settled ? [name] : []);
      await copyFile(self.path(name), copy);
      const { video: readable } = await contentOf(copy);
      expect(readable).toEqual(content.video.slice(0, readable.length));
      expect(readable.length).toBeGreaterThan(index);
    }
    await self.recorder.close();
    expect(self.reports).toMatchObject([
      { kind: "segment_opened", name: "2026-04-09_13-59-53.mp4", startMs: START_MS },
      { kind: "segment_closed", name: "2026-04-09_13-59-53.mp4", startMs: START_MS, endMs: START_MS + 6000 },
    ]);
  });

  it("closes and names what it has when it is stopped before the time has settled", async () => {
    const given = await footage(1);
    const self = await rig();
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const [report] = self.closed();
    expect(await self.names()).toEqual([report?.name]);
    expect(await contentOf(self.path(report?.name ?? ""))).toEqual(await wholeContent(given));
    expect((report?.endMs ?? 0) - (report?.startMs ?? 0)).toBe(1000);
  });

  it("gives a second segment of one second a name of its own, and never lets two overlap", async () => {
    const self = await rig();
    const given = await footage(1);
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments.slice(0, 1));
    self.startRun(RUNS[1], given.init);
    // The clock has been set back: by it, the second run began before the first.
    const again = await footage(1);
    self.clock.step(-5000);
    bring(self, again, again.fragments, START_MS - 4000);
    await self.recorder.close();
    const [first, second] = self.closed();
    expect(second?.name).toBe(first?.name.replace(".mp4", "-2.mp4"));
    expect(second?.startMs).toBeGreaterThanOrEqual(first?.endMs ?? Number.POSITIVE_INFINITY);
  });

  it("takes a changed length over, and ends and begins, without a new run", async () => {
    const given = await footage(30);
    const self = await rig({ segmentSeconds: 600 });
    const until = (seconds: number) =>
      given.fragments.splice(
        0,
        given.fragments.findIndex((part) => startSeconds(part) >= seconds),
      );
    const startSeconds = (part: Fragment) => (part.video?.decodeTimeTicks ?? 0) / given.init.video.timescale;
    self.startRun(RUNS[0], given.init);
    bring(self, given, until(9));
    self.recorder.update({ ...self.settings, segmentSeconds: 5 });
    bring(self, given, until(13.5));
    self.recorder.finish();
    expect(self.recorder.recording).toBe(false);
    until(18.5);
    self.recorder.update({ ...self.settings, segmentSeconds: 600 });
    bring(self, given, given.fragments);
    await self.recorder.close();
    const seconds = (ms: number) => Math.round((ms - START_MS) / 100) / 10;
    expect(self.closed().map(({ startMs, endMs }) => [seconds(startMs), seconds(endMs)])).toEqual([
      [0, 7],
      [7, 12],
      [12, expect.closeTo(13.6, 0)],
      [19, 30],
    ]);
    expect(new Set(self.closed().map((report) => report.runId))).toEqual(new Set([RUNS[0]]));
    expect(self.closed().map((report) => report.number)).toEqual([0, 1, 2, 3]);
  });

  it("cuts at the sync sample at which the closed file would reach the size: the cap holds to one GOP, tables included", async () => {
    const given = await footage(30, true);
    const content = await wholeContent(given);
    const gops = given.fragments.reduce<number[]>((sizes, part) => {
      if (part.sync) sizes.push(0);
      return [...sizes.slice(0, -1), (sizes.at(-1) ?? 0) + part.sizeBytes];
    }, []);
    const largest = Math.max(...gops);
    const cap = largest * 8;
    const self = await rig({ segmentSeconds: 3600, segmentMaxBytes: cap });
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const closed = self.closed();
    expect(closed.length).toBeGreaterThan(2);
    for (const [index, { sizeBytes }] of closed.entries()) {
      expect(sizeBytes).toBeLessThanOrEqual(cap + largest);
      // The first is cut at the hour, the last ends with the footage.
      if (index > 0 && index < closed.length - 1) expect(sizeBytes).toBeGreaterThan(cap - largest);
    }
    expect(await contentOf(...closed.map((report) => self.path(report.name)))).toEqual(content);
  });

  it("never lets a file reach 4 GiB, also without a cap and where no sync sample comes in time", async () => {
    const given = await footage(30);
    const maxFileBytes = given.fragments.reduce((sum, part) => sum + part.sizeBytes, 0) / 3;
    for (const sync of [true, false]) {
      const self = await rig({ segmentSeconds: 3600, segmentMaxBytes: 0 }, { maxFileBytes });
      const stream = given.fragments.map((part, index) => ({ ...part, sync: index === 0 || (sync && part.sync) }));
      self.startRun(RUNS[0], given.init);
      bring(self, given, stream);
      await self.recorder.close();
      const closed = self.closed();
      expect(closed.length).toBeGreaterThan(2);
      for (const { sizeBytes } of closed) expect(sizeBytes).toBeLessThanOrEqual(maxFileBytes);
      expect(await contentOf(...closed.map((report) => self.path(report.name)))).toEqual(await wholeContent(given));
    }
  });
});

describe("a folder that cannot be written", () => {
  it("is told with cause and path, and recording goes on by itself when it is mended", async () => {
    const given = await footage(30);
    const self = await rig();
    await writeFile(self.settings.segmentFolder, "in the way");
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments.splice(0, 20));
    await eventually(() => expect(self.recorder.failure).toMatchObject({ cause: "storage_missing" }));
    expect(self.recorder.failure?.message).toContain(self.settings.segmentFolder);
    expect(self.recorder.recording).toBe(false);

    await rm(self.settings.segmentFolder);
    await eventually(() => {
      bring(self, given, given.fragments.splice(0, 5));
      expect(self.recorder.failure).toBeNull();
    });
    expect(self.recorder.recording).toBe(true);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const last = self.closed().at(-1);
    expect(last?.endMs).toBe(START_MS + 30_000);
    expect((await self.names()).sort()).toEqual(self.closed().map((report) => report.name));
  });

  it("is noticed within seconds when it goes away under an open file, to which writing would go on unseen", async () => {
    const given = await footage(30);
    const self = await rig({ segmentSeconds: 3600 });
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments.splice(0, 40));
    const name = "2026-04-09_14-00-00.mp4";
    await eventually(async () => expect(await self.names()).toContain(name));
    await rm(self.settings.segmentFolder, { recursive: true });
    await eventually(() => {
      bring(self, given, given.fragments.splice(0, 1));
      expect(self.recorder.failure).toMatchObject({ cause: "storage_missing" });
    });
    await eventually(() => {
      bring(self, given, given.fragments.splice(0, 1));
      expect(self.recorder.failure).toBeNull();
    });
    bring(self, given, given.fragments);
    await self.recorder.close();
    expect(self.reports).toContainEqual({ kind: "segment_gone", name });
    expect(self.closed().at(-1)?.endMs).toBe(START_MS + 30_000);
  });

  it("keeps what was on the disk: a file left open is mended once the folder can be written again", async () => {
    const given = await footage(30);
    const self = await rig();
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments.splice(0, 2));
    await eventually(async () => expect(await self.names()).toEqual([PART]));
    const kept = join(root, "kept.mp4");
    await eventually(async () => expect((await stat(self.path(PART))).size).toBeGreaterThan(2000));
    await copyFile(self.path(PART), kept);
    await rm(self.settings.segmentFolder, { recursive: true });
    // Its name cannot be given: the folder is not there any more.
    bring(self, given, given.fragments.splice(0, 20));
    await eventually(() => expect(self.recorder.failure).toMatchObject({ cause: "storage_missing" }));
    await self.recorder.mend(kept);
    expect(self.closed()).toMatchObject([{ state: "repaired", startMs: expect.any(Number) }]);
    await eventually(() => {
      bring(self, given, given.fragments.splice(0, 5));
      expect(self.recorder.failure).toBeNull();
    });
    bring(self, given, given.fragments);
    await self.recorder.close();
    expect(self.recorder.failure).toBeNull();
    expect(self.closed().at(-1)).toMatchObject({ state: "closed", endMs: START_MS + 30_000 });
  });
});

describe("mending", () => {
  it("removes a file without footage and says that it is gone, and reports a closed one again", async () => {
    const given = await footage(3);
    const self = await rig();
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const [report] = self.closed();
    const later = await rig({ segmentFolder: self.settings.segmentFolder });
    await writeFile(self.path("2026-04-09_15-00-00.mp4"), "");
    await later.recorder.mend(self.path("2026-04-09_15-00-00.mp4"));
    await later.recorder.mend(self.path(report?.name ?? ""));
    await later.recorder.mend(self.path("missing.mp4"));
    expect(later.reports).toEqual([
      { kind: "segment_gone", name: "2026-04-09_15-00-00.mp4" },
      report,
      { kind: "segment_gone", name: "missing.mp4" },
    ]);
    expect(await self.names()).toEqual([report?.name]);
  });
});

describe("a disk that cannot keep up", () => {
  it("never holds up the stream: footage is dropped, and recording goes on when the disk has caught up", async () => {
    const given = await footage(30);
    const self = await rig();
    self.startRun(RUNS[0], given.init);
    const bulky = given.fragments.splice(0, 24).map((fragment) => heavy(fragment));
    bring(self, given, bulky);
    // Nothing of this has waited for the disk, which has had no turn yet.
    expect(self.recorder.recording).toBe(false);
    await eventually(() => expect(self.closed()).toHaveLength(1));
    bring(self, given, given.fragments);
    expect(self.recorder.recording).toBe(true);
    await self.recorder.close();
    expect(self.closed().at(-1)?.endMs).toBe(START_MS + 30_000);
  });
});

/** The fragment with four megabytes of nothing behind its samples. */
function heavy(fragment: Fragment): Fragment {
  const samples = Buffer.concat(fragment.mdat).subarray(8);
  const mdat = writeBox("mdat", samples, Buffer.alloc(4_000_000));
  return { ...fragment, mdat: [mdat], sizeBytes: fragment.moof.length + mdat.length };
}
