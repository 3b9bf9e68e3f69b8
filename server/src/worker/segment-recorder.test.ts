import { copyFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { NO_CHAIN } from "../footage/made-segment.contract.ts";
import { repairSegment } from "../footage/repair.ts";
import { SegmentFile } from "../footage/segment-file.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { type Packet, packetsOf } from "../media/made-footage.contract.ts";
import { encodeOutline } from "../recording/segment-outline.ts";
import { bring, type MadeStream, madeStream, PART, RUNS, recorderRig, START_MS } from "./segment-recorder.contract.ts";

const root = testFolder();
afterEach(() => vi.restoreAllMocks());

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

async function wholeContent({ init, fragments }: MadeStream): Promise<Content> {
  const path = join(root, "whole.mp4");
  const parts = fragments.flatMap(({ moof, mdat }) => [moof, ...mdat]);
  await writeFile(path, Buffer.concat([init.ftyp, init.moov, ...parts]));
  return contentOf(path);
}

describe("the segment recorder", () => {
  it("loses and repeats no sample at its cuts, which are at multiples of the length from UTC midnight", async () => {
    const given = await madeStream(30, true);
    const content = await wholeContent(given);
    const self = await recorderRig(root);
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
      const inFile = encodeOutline(await new SegmentReader().index(self.path(report.name)));
      expect(report.outline).toBe(inFile?.toString("base64"));
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

  it("has all of a segment on the disk before the next one is begun, though it is closed later", async () => {
    const given = await madeStream(9);
    const self = await recorderRig(root);
    const calls: string[] = [];
    const create = SegmentFile.create;
    vi.spyOn(SegmentFile, "create").mockImplementation((...args) => {
      calls.push("create");
      return create(...args);
    });
    for (const call of ["append", "syncData", "finish"] as const) {
      const original = SegmentFile.prototype[call] as (...args: unknown[]) => Promise<never>;
      vi.spyOn(SegmentFile.prototype, call).mockImplementation(function (this: SegmentFile, ...args: unknown[]) {
        calls.push(call);
        return original.apply(this, args);
      });
    }
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const second = calls.lastIndexOf("create");
    expect(calls.indexOf("create")).toBeLessThan(second);
    expect(calls[second - 1]).toBe("syncData");
    expect(calls.indexOf("finish")).toBeGreaterThan(second);
  });

  it("names a run's first file when its time has settled; until then it is a .part.mp4, readable all the while", async () => {
    const given = await madeStream(6);
    const content = await wholeContent(given);
    const self = await recorderRig(root);
    self.startRun(RUNS[0], given.init);
    const copy = join(root, "copy.mp4");
    let broughtBytes = 0;
    for (const [index, fragment] of given.fragments.entries()) {
      bring(self, given, [fragment]);
      // The newest may still be gathered with the next.
      if (index > 0) broughtBytes += given.fragments[index - 1]?.sizeBytes ?? 0;
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
      expect(readable.length).toBeGreaterThan(index - 1);
    }
    await self.recorder.close();
    expect(self.reports).toMatchObject([
      { kind: "segment_opened", name: "2026-04-09_13-59-53.mp4", startMs: START_MS },
      { kind: "segment_closed", name: "2026-04-09_13-59-53.mp4", startMs: START_MS, endMs: START_MS + 6000 },
    ]);
  });

  it("closes and names what it has when it is stopped before the time has settled", async () => {
    const given = await madeStream(1);
    const self = await recorderRig(root);
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const [report] = self.closed();
    expect(await self.names()).toEqual([report?.name]);
    expect(await contentOf(self.path(report?.name ?? ""))).toEqual(await wholeContent(given));
    expect((report?.endMs ?? 0) - (report?.startMs ?? 0)).toBe(1000);
  });

  it("gives a second segment of one second a name of its own, and never lets two overlap", async () => {
    const self = await recorderRig(root);
    const given = await madeStream(1);
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments.slice(0, 1));
    self.startRun(RUNS[1], given.init);
    // The clock has been set back: by it, the second run began before the first.
    const again = await madeStream(1);
    self.clock.step(-5000);
    bring(self, again, again.fragments, START_MS - 4000);
    await self.recorder.close();
    const [first, second] = self.closed();
    expect(second?.name).toBe(first?.name.replace(".mp4", "-2.mp4"));
    expect(second?.startMs).toBeGreaterThanOrEqual(first?.endMs ?? Number.POSITIVE_INFINITY);
  });

  it("takes a changed length over, and ends and begins, without a new run", async () => {
    const given = await madeStream(30);
    const self = await recorderRig(root, { segmentSeconds: 600 });
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
    const given = await madeStream(30, true);
    const content = await wholeContent(given);
    const gops = given.fragments.reduce<number[]>((sizes, part) => {
      if (part.sync) sizes.push(0);
      return [...sizes.slice(0, -1), (sizes.at(-1) ?? 0) + part.sizeBytes];
    }, []);
    const largest = Math.max(...gops);
    const cap = largest * 8;
    const self = await recorderRig(root, { segmentSeconds: 3600, segmentMaxBytes: cap });
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

  it("has all footage of a segment on the disk when it is cut, though its closing waits", async () => {
    const given = await madeStream(30);
    const self = await recorderRig(root);
    self.startRun(RUNS[0], given.init);
    const cutAt = given.fragments.findIndex(
      (part) => (part.video?.decodeTimeTicks ?? 0) >= 27 * given.init.video.timescale,
    );
    bring(self, given, given.fragments.slice(0, cutAt + 1));
    const { closedNames, waiting } = await eventually(() => {
      const [first, ...open] = self.recorder.openSegments;
      expect(open).toHaveLength(1);
      expect(first?.end_ms).toBe(open[0]?.start_ms);
      return { closedNames: self.closed().map((report) => report.name), waiting: first?.name ?? "" };
    });
    expect(closedNames).not.toContain(waiting);
    await self.recorder.close();
  });

  it("never lets a file reach 4 GiB, also without a cap and where no sync sample comes in time", async () => {
    const given = await madeStream(30);
    const maxFileBytes = given.fragments.reduce((sum, part) => sum + part.sizeBytes, 0) / 3;
    for (const sync of [true, false]) {
      const self = await recorderRig(root, { segmentSeconds: 3600, segmentMaxBytes: 0 }, { maxFileBytes });
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
