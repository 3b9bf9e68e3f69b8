import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../../../base/test-folder.contract.ts";
import type { Manifest } from "../../../evidence/manifest.ts";
import { runProgram } from "../../../media/made-footage.contract.ts";
import type { Installation } from "../../installation.contract.ts";
import { exportedPath, exportOf, instantAt, recordCamera, startExporting } from "./exporting.contract.ts";

const folder = testFolder();
let installation: Installation;
beforeAll(async () => {
  installation = await startExporting();
});
afterAll(() => installation.close());
// Time stamps out of order and the like.
afterEach(() => expect(installation.logged()).not.toContain("ffmpeg had something to say"));

/** Hashes of the pictures that a player shows, edit lists heeded, in their order. */
async function shownPictures(path: string): Promise<string[]> {
  const text = await runProgram("ffmpeg", [
    ...["-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"],
  ]);
  return [...text.toString().matchAll(/^0,.*, (\w{32})$/gm)].map((match) => match[1] ?? "");
}

async function picturesOf(segments: readonly { readonly bytes: Buffer }[]): Promise<string[]> {
  const pictures: string[] = [];
  for (const { bytes } of segments) {
    const path = join(folder, "segment.mp4");
    await writeFile(path, bytes);
    pictures.push(...(await shownPictures(path)));
  }
  return pictures;
}

interface Timing {
  readonly seconds: number;
  readonly tracks: readonly string[];
}

async function timingOf(path: string): Promise<Timing> {
  const entries = "format=duration:stream=codec_name";
  const json = await runProgram("ffprobe", ["-v", "warning", "-show_entries", entries, "-of", "json", path]);
  const { format, streams } = JSON.parse(json.toString()) as {
    format: { duration: string };
    streams: { codec_name: string }[];
  };
  return { seconds: Number(format.duration), tracks: streams.map((stream) => stream.codec_name) };
}

const FIVE = { cutAfterSeconds: [4, 8] };

describe("the files of an export", () => {
  it.each([{ with_audio: true }, { with_audio: false }])(
    "hold exactly the asked pictures of five segments with a gap of 20 s, %o",
    async ({ with_audio }) => {
      const first = { seconds: 12, sound: true, gopFrames: 20 };
      const { cameraId, segments } = await recordCamera(installation, [
        { scene: first, atSeconds: 0, ...FIVE },
        { scene: { ...first, seconds: 8 }, atSeconds: 32, cutAfterSeconds: [4] },
      ]);
      expect(segments).toHaveLength(5);
      const span = { start: instantAt(1.3), end: instantAt(38.5) };
      const made = await exportOf(installation, { camera_ids: [cameraId], ...span, with_audio });
      expect(made).toMatchObject({ status: "ready", progress: 1, error: null });
      expect(made.gaps).toEqual([
        { camera_id: cameraId, start: instantAt(12), end: instantAt(32), cause: "unknown", wanted: true },
      ]);
      const [file] = made.files;
      expect(file?.name).toBe(`${made.export_id}_cam${cameraId}.mp4`);
      const path = exportedPath(installation, made, file?.name ?? "");
      const pictures = await picturesOf(segments);
      // Ten a second: the one shown at 1.3 s, to the one shown just before 38.5 s.
      expect(await shownPictures(path)).toEqual([...pictures.slice(13, 120), ...pictures.slice(120, 185)]);
      const { seconds, tracks } = await timingOf(path);
      expect(tracks).toEqual(with_audio ? ["h264", "aac"] : ["h264"]);
      expect(Math.abs(seconds - 17.2)).toBeLessThan(0.1);
      expect(file).toMatchObject({ start: instantAt(1.3), end: instantAt(38.5), camera_id: cameraId });
    },
  );

  it("show the asked pictures of footage whose pictures refer to later ones", async () => {
    const scene = { seconds: 9, sound: true, gopFrames: 30, bFrames: 2 };
    const { cameraId, segments } = await recordCamera(installation, [{ scene, atSeconds: 0, cutAfterSeconds: [3, 6] }]);
    const span = { start: instantAt(1.5), end: instantAt(7.5) };
    const made = await exportOf(installation, { camera_ids: [cameraId], ...span });
    expect(made).toMatchObject({ status: "ready", error: null });
    const path = exportedPath(installation, made, made.files[0]?.name ?? "");
    expect(await shownPictures(path)).toEqual((await picturesOf(segments)).slice(15, 75));
  });

  it("go up to the last whole fragment of a segment that is still open", async () => {
    const scene = { seconds: 7, sound: true, gopFrames: 20 };
    const runs = [{ scene, atSeconds: 0, cutAfterSeconds: [4], open: true as const }];
    const { cameraId, segments } = await recordCamera(installation, runs);
    const made = await exportOf(installation, { camera_ids: [cameraId], start: instantAt(0), end: instantAt(60) });
    expect(made).toMatchObject({ status: "ready", error: null });
    const path = exportedPath(installation, made, made.files[0]?.name ?? "");
    expect(await shownPictures(path)).toEqual(await picturesOf(segments));
    const manifest = JSON.parse(await readFile(exportedPath(installation, made, "manifest.json"), "utf8")) as Manifest;
    expect(manifest.cameras[0]?.segments.map(({ state, chain }) => [state, chain === null])).toEqual([
      ["closed", false],
      ["open", true],
    ]);
  });

  it("go on with sound that only some segments have, also where the first has none", async () => {
    const silent = { seconds: 4, gopFrames: 20 };
    const { cameraId, segments } = await recordCamera(installation, [
      { scene: silent, atSeconds: 0 },
      { scene: { ...silent, sound: true }, atSeconds: 4 },
      { scene: silent, atSeconds: 8 },
    ]);
    const made = await exportOf(installation, { camera_ids: [cameraId], start: instantAt(0), end: instantAt(12) });
    expect(made.files).toHaveLength(1);
    const path = exportedPath(installation, made, made.files[0]?.name ?? "");
    expect((await timingOf(path)).tracks).toEqual(["h264", "aac"]);
    expect(await shownPictures(path)).toEqual(await picturesOf(segments));
  });

  it("are parts where the picture has another format", async () => {
    const { cameraId } = await recordCamera(installation, [
      { scene: { seconds: 3 }, atSeconds: 0 },
      { scene: { seconds: 3, codec: "libx265" }, atSeconds: 3 },
    ]);
    const made = await exportOf(installation, { camera_ids: [cameraId], start: instantAt(0), end: instantAt(6) });
    expect(made).toMatchObject({ status: "ready", error: null });
    expect(made.files.map((file) => file.name)).toEqual([
      `${made.export_id}_cam${cameraId}.mp4`,
      `${made.export_id}_cam${cameraId}_part2.mp4`,
    ]);
    expect(made.files.map(({ start, end }) => [start, end])).toEqual([
      [instantAt(0), instantAt(3)],
      [instantAt(3), instantAt(6)],
    ]);
  });

  it("are none where there is no footage, and the reason is said", async () => {
    const { cameraId } = await recordCamera(installation, [{ scene: { seconds: 3 }, atSeconds: 0 }]);
    const span = { start: instantAt(100), end: instantAt(160) };
    const made = await exportOf(installation, { camera_ids: [cameraId], ...span });
    expect(made).toMatchObject({ status: "failed", error_code: "no_footage", files: [], manifest_url: null });
    expect(made.error).toMatch(/^There is no footage of Door in this span/);
  });

  it("carry the time as subtitles without touching the pictures", async () => {
    const { cameraId, segments } = await recordCamera(installation, [{ scene: { seconds: 4 }, atSeconds: 0 }]);
    const span = { start: instantAt(1.5), end: instantAt(4) };
    const made = await exportOf(installation, { camera_ids: [cameraId], ...span, timestamps: "subtitles" });
    expect(made).toMatchObject({ status: "ready", error: null });
    const path = exportedPath(installation, made, made.files[0]?.name ?? "");
    expect((await timingOf(path)).tracks).toEqual(["h264", "mov_text"]);
    expect(await shownPictures(path)).toEqual((await picturesOf(segments)).slice(15));
    const text = (await runProgram("ffmpeg", ["-v", "error", "-i", path, "-f", "srt", "-"])).toString();
    expect(text).toContain("2026-04-09 14:00:02 GMT+2");
    const at = /(\S+) --> .*\n2026-04-09 14:00:02 /.exec(text)?.[1];
    expect(at).toMatch(/^00:00:00,(49|50)/);
  });

  it("are painted over, and sped up, where that was asked for", async () => {
    const { cameraId } = await recordCamera(installation, [{ scene: { seconds: 6, sound: true }, atSeconds: 0 }]);
    const span = { start: instantAt(1.5), end: instantAt(5.5) };
    const masks = { privacy_masks: [{ x: 0, y: 0, width: 0.5, height: 0.5 }], timestamps: "burned_in" };
    const painted = await exportOf(installation, { camera_ids: [cameraId], ...span, ...masks });
    expect(painted).toMatchObject({ status: "ready", error: null });
    const path = exportedPath(installation, painted, painted.files[0]?.name ?? "");
    expect(await shownPictures(path)).toHaveLength(40);
    const corner = ["-vf", "crop=60:40:4:4,scale=1:1", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
    const [grey = 255] = await runProgram("ffmpeg", ["-v", "error", "-i", path, ...corner]);
    expect(grey).toBeLessThan(24);
    const others = { privacy_masks: [{ x: 0, y: 0, width: 0.5, height: 0.5, camera_id: cameraId + 1 }] };
    const copied = await exportOf(installation, { camera_ids: [cameraId], ...span, ...others });
    const manifest = JSON.parse(
      await readFile(exportedPath(installation, copied, "manifest.json"), "utf8"),
    ) as Manifest;
    expect(manifest.files[0]?.footage?.original).toBe(true);
    const fast = await exportOf(installation, { camera_ids: [cameraId], ...span, time_lapse_factor: 4 });
    expect(fast).toMatchObject({ status: "ready", error: null });
    const { seconds, tracks } = await timingOf(exportedPath(installation, fast, fast.files[0]?.name ?? ""));
    expect(tracks).toEqual(["h264"]);
    expect(Math.abs(seconds - 1)).toBeLessThan(0.15);
  });
});
