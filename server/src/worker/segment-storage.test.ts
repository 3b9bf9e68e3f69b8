import { copyFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { writeBox } from "../media/isobmff/box.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { bring, madeStream, PART, RUNS, recorderRig, START_MS } from "./segment-recorder.contract.ts";
import { EndlessFootage, SimulatedCamera } from "./simulated-camera.contract.ts";

const root = testFolder();

describe("a folder that cannot be written", () => {
  it("is told with cause and path, and recording goes on by itself when it is mended", async () => {
    const given = await madeStream(30);
    const self = await recorderRig(root);
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
    const folder = join(root, "gone");
    const footage = await EndlessFootage.make(10, false);
    const camera = await SimulatedCamera.start({ footage, folder, startMs: Date.UTC(2026, 3, 9, 12) });
    const { recorder } = camera;
    camera.connect();
    await camera.bring(20);
    await eventually(() => expect(camera.reports).toMatchObject([{ kind: "segment_opened" }]));
    await rm(folder, { recursive: true });
    const removedMs = camera.clock.nowMs();
    while (recorder.failure === null) await camera.bring(1);
    expect(recorder.failure).toMatchObject({ cause: "storage_missing" });
    expect(camera.clock.nowMs() - removedMs).toBeLessThan(60_000);
    while (recorder.failure !== null) await camera.bring(1);
    await camera.bring(10);
    await camera.end();
    const [opened] = camera.reports;
    expect(camera.reports).toContainEqual({
      kind: "segment_gone",
      name: opened?.kind === "segment_opened" && opened.name,
    });
    expect(camera.spans.map((span) => span[2])).toContain("storage_missing");
    const kept = (await readdir(folder)).filter((name) => name.endsWith(".mp4")).sort();
    expect(kept).toEqual(camera.closed.map((report) => report.name));
    expect(kept.length).toBeGreaterThan(0);
  });

  it("keeps what was on the disk: a file left open is mended once the folder can be written again", async () => {
    const given = await madeStream(30);
    const self = await recorderRig(root);
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments.splice(0, 4));
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
    const given = await madeStream(3);
    const self = await recorderRig(root);
    self.startRun(RUNS[0], given.init);
    bring(self, given, given.fragments);
    await self.recorder.close();
    const [report] = self.closed();
    // What was in memory only is not told again.
    const { outline: _, ...told } = report ?? {};
    const later = await recorderRig(root, { segmentFolder: self.settings.segmentFolder });
    await writeFile(self.path("2026-04-09_15-00-00.mp4"), "");
    await later.recorder.mend(self.path("2026-04-09_15-00-00.mp4"));
    await later.recorder.mend(self.path(report?.name ?? ""));
    await later.recorder.mend(self.path("missing.mp4"));
    expect(later.reports).toEqual([
      { kind: "segment_gone", name: "2026-04-09_15-00-00.mp4" },
      told,
      { kind: "segment_gone", name: "missing.mp4" },
    ]);
    expect(await self.names()).toEqual([report?.name]);
  });
});

describe("a disk that cannot keep up", () => {
  it("never holds up the stream: footage is dropped, and recording goes on when the disk has caught up", async () => {
    const given = await madeStream(30);
    const self = await recorderRig(root);
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
