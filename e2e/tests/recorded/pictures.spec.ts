import { writeFile } from "node:fs/promises";
import { routeUrl } from "@nightjar/api/client";
import { PICTURE_TIME_HEADER, type Segment, SHEET_HEADER, ThumbnailSheet } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { type FrameTruth, frameTruth } from "../../harness/frame-truth.ts";
import { playHls } from "../../harness/hls-page.ts";
import { signInPage } from "../../harness/pages.ts";
import { type Shown, watchPlaying } from "../../harness/player.ts";
import { waitFor } from "../../harness/wait.ts";
import { frameDueMs } from "../../rig/cameras.ts";
import { readFrameMarks } from "../../rig/footage.ts";
import { runTool } from "../../rig/tool.ts";
import { closedSegments, STORE, sharedCamera, sharedRecording } from "../../shared-recording.ts";

const GATE = 0;
const YARD = 1;
const LEAST_FOOTAGE_MS = 90_000;
const THUMBNAIL_EVERY_MS = 10_000;
const SPEED = 16;

test.use({ bypassCSP: true });

interface Recorded {
  readonly segments: readonly Segment[];
  readonly truth: FrameTruth;
}

const recorded = new Map<number, Recorded>();

test.beforeAll(async () => {
  test.setTimeout(240_000);
  for (const index of [GATE, YARD]) {
    const segments = await closedSegments(sharedCamera(index).id, LEAST_FOOTAGE_MS);
    const truth = await frameTruth(sharedRecording(), sharedCamera(index).scene, segments);
    recorded.set(index, { segments, truth });
  }
});

function footageOf(index: number): Recorded & { startMs: number; endMs: number } {
  const found = recorded.get(index);
  const [first, last] = [found?.segments.at(0), found?.segments.at(-1)];
  if (found === undefined || first === undefined || last === undefined) throw new Error("There is no footage.");
  return { ...found, startMs: Date.parse(first.start), endMs: Date.parse(last.end) };
}

const iso = (ms: number) => new Date(ms).toISOString();

/** Fetches a picture; its frame number where it carries a bar code. */
async function picture(path: string) {
  const { baseUrl, token } = sharedRecording();
  const startedMs = performance.now();
  const response = await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const bytes = Buffer.from(await response.arrayBuffer());
  const tookMs = performance.now() - startedMs;
  expect(response.status, bytes.toString("latin1", 0, 300)).toBe(200);
  expect(response.headers.get("content-type")).toBe("image/jpeg");
  return { bytes, tookMs, headers: response.headers };
}

async function markOf(jpeg: Buffer) {
  const file = test.info().outputPath("picture.jpg");
  await writeFile(file, jpeg);
  const png = test.info().outputPath("picture.png");
  await runTool("ffmpeg", ["-v", "fatal", "-nostdin", "-y", "-i", file, png]);
  return (await readFrameMarks(png))[0] ?? null;
}

/** Of one of the pictures in a sheet. */
async function tileMark(sheetFile: string, sheet: ThumbnailSheet, number: number) {
  const tile = test.info().outputPath(`tile-${number}.png`);
  const crop = `crop=${sheet.tile_width}:${sheet.tile_height}:0:${number * sheet.tile_step}`;
  await runTool("ffmpeg", ["-v", "fatal", "-nostdin", "-y", "-i", sheetFile, "-vf", crop, tile]);
  return (await readFrameMarks(tile))[0] ?? null;
}

test("the thumbnail of a time shows a key frame near it, and says which instant that is", async () => {
  const { id, scene } = sharedCamera(GATE);
  const { startMs, endMs, truth } = footageOf(GATE);
  for (const atMs of [startMs + 500, (startMs + endMs) / 2, endMs - 500]) {
    const { bytes, headers } = await picture(
      routeUrl(recordingRoutes.thumbnail, { query: { camera_id: id, time: iso(atMs) } }),
    );
    const filmedMs = Date.parse(headers.get(PICTURE_TIME_HEADER) ?? "");
    expect(Math.abs(filmedMs - atMs)).toBeLessThan(THUMBNAIL_EVERY_MS + 2000);
    const mark = await markOf(bytes);
    expect(mark?.scene).toBe(scene.id);
    // Whole milliseconds: the frame of the instant or the one behind it.
    expect(truth.difference(truth.numberAt(filmedMs), mark?.number ?? -1)).toBeGreaterThanOrEqual(0);
    expect(truth.difference(truth.numberAt(filmedMs), mark?.number ?? -1)).toBeLessThanOrEqual(1);
  }
});

test("a sheet has a thumbnail of every ten seconds, each the one that is answered alone for its time", async () => {
  const { id } = sharedCamera(GATE);
  const { startMs, endMs, segments } = footageOf(GATE);
  const span = { camera_id: id, start: iso(startMs), end: iso(endMs) };
  const { bytes, headers } = await picture(routeUrl(recordingRoutes.thumbnails, { query: span }));
  const sheet = ThumbnailSheet.parse(JSON.parse(headers.get(SHEET_HEADER) ?? ""));
  expect(sheet.times_ms.length).toBeGreaterThanOrEqual((endMs - startMs) / THUMBNAIL_EVERY_MS - segments.length);
  expect(sheet).toMatchObject({ tile_width: 320, tile_height: 180 });
  const file = test.info().outputPath("sheet.jpg");
  await writeFile(file, bytes);
  for (const number of [0, sheet.times_ms.length - 1]) {
    const time = iso(sheet.times_ms[number] ?? 0);
    const alone = await picture(routeUrl(recordingRoutes.thumbnail, { query: { camera_id: id, time } }));
    expect(await tileMark(file, sheet, number)).toEqual(await markOf(alone.bytes));
  }
});

test("the thumbnails of a camera with a sub stream are made of that, and say truly when they were filmed", async () => {
  const { id, sub, epochMs } = sharedCamera(STORE);
  if (sub === null) throw new Error("The camera has no sub stream.");
  const segments = await closedSegments(id, LEAST_FOOTAGE_MS);
  const [first, last] = [segments.at(0), segments.at(-1)];
  const query = { camera_id: id, start: first?.start ?? "", end: last?.end ?? "" };
  // They are decoded some at a time; until then the recorded stream's are answered.
  const { sheet, file } = await waitFor(
    "thumbnails of the sub stream",
    async () => {
      const { bytes, headers } = await picture(routeUrl(recordingRoutes.thumbnails, { query }));
      const told = ThumbnailSheet.parse(JSON.parse(headers.get(SHEET_HEADER) ?? ""));
      const path = test.info().outputPath("sub-sheet.jpg");
      await writeFile(path, bytes);
      const newest = await tileMark(path, told, told.times_ms.length - 1);
      return newest?.scene === sub.id ? { sheet: told, file: path } : undefined;
    },
    { withinMs: 180_000, everyMs: 5000 },
  );
  expect(sheet).toMatchObject({ tile_width: 320, tile_height: 180 });
  expect(sheet.times_ms.length).toBeGreaterThanOrEqual(LEAST_FOOTAGE_MS / THUMBNAIL_EVERY_MS);
  let ofSub = 0;
  for (const [number, filmedMs] of sheet.times_ms.entries()) {
    const mark = await tileMark(file, sheet, number);
    if (mark?.scene !== sub.id) continue;
    ofSub += 1;
    expect(Math.abs(frameDueMs({ scene: sub, epochMs }, mark.number, filmedMs) - filmedMs)).toBeLessThan(300);
  }
  // The first is of the time in which the camera's other stream is still connected to.
  expect(ofSub).toBeGreaterThanOrEqual(sheet.times_ms.length - 1);
});

test("a frame is exactly the one of its time, at its full size", async () => {
  for (const index of [GATE, YARD]) {
    const { id, scene } = sharedCamera(index);
    const { startMs, endMs, truth } = footageOf(index);
    const frameMs = 1000 / scene.fps;
    for (const atMs of [startMs + 10.5 * frameMs, (startMs + endMs) / 2, endMs - 20.5 * frameMs]) {
      const query = { camera_id: id, time: iso(atMs) };
      const { bytes, headers } = await picture(routeUrl(recordingRoutes.frame, { query }));
      const filmedMs = Date.parse(headers.get(PICTURE_TIME_HEADER) ?? "");
      expect(atMs - filmedMs).toBeLessThan(frameMs + 2);
      expect(atMs - filmedMs).toBeGreaterThan(-3);
      const mark = await markOf(bytes);
      expect(truth.difference(truth.numberAt(filmedMs + frameMs / 2), mark?.number ?? -1)).toBe(0);
    }
  }
});

test("fast play by key frames keeps up with the clock at sixteen times, with the right picture at each moment", async ({
  page,
}) => {
  const { id, scene } = sharedCamera(GATE);
  const { startMs, endMs, truth } = footageOf(GATE);
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const query = { camera_id: id, start: iso(startMs), end: iso(endMs), variant: "sync", speed: SPEED } as const;
  const hls = await playHls(page, baseUrl, routeUrl(recordingRoutes.playlist, { query }));
  const gopFrames = scene.gopFrames;
  /** By how many frames the picture is behind the moment: less than a GOP, for only its first frame is shown. */
  const behind = ({ mark, wallMs }: Shown) =>
    mark === null
      ? Number.POSITIVE_INFINITY
      : truth.difference(mark.number, truth.numberAt(Math.min(wallMs, endMs - 1)));
  const seen: number[] = [];
  const playing = watchPlaying(hls.video, (endMs - startMs) / 1000 / SPEED - 1.5);
  let over = false;
  void playing.then(() => {
    over = true;
  });
  await waitFor(
    "the end",
    async () => {
      const shown = await hls.shown(SPEED);
      if (shown.mark !== null && shown.currentTime > 0) seen.push(behind(shown));
      return over;
    },
    { withinMs: 60_000, everyMs: 50 },
  );
  const report = await playing;
  expect(report.mediaMs / report.elapsedMs).toBeGreaterThan(0.95);
  expect(report.mediaMs / report.elapsedMs).toBeLessThan(1.05);
  expect(await hls.fatalErrors()).toEqual([]);
  expect(seen.length).toBeGreaterThan(10);
  // The page's clock and its picture are read one after the other, while eight pictures pass in a second.
  const right = seen.filter((frames) => frames >= -gopFrames && frames < 2 * gopFrames);
  expect(right.length / seen.length, JSON.stringify(seen)).toBeGreaterThan(0.95);
});

test("H.265 that Chromium does not play is played as H.264, each frame at its time", async ({ page }) => {
  const { id, scene } = sharedCamera(YARD);
  const { startMs, endMs, truth } = footageOf(YARD);
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const query = { camera_id: id, start: iso(startMs), end: iso(endMs), variant: "h264" } as const;
  const hls = await playHls(page, baseUrl, routeUrl(recordingRoutes.playlist, { query }));
  const isPlaying = async () => (await hls.shown()).mark?.scene === scene.id;
  await waitFor("a picture", isPlaying, { withinMs: 20_000 });
  const report = await watchPlaying(hls.video, 8);
  expect(report.mediaMs / report.elapsedMs).toBeGreaterThan(0.9);
  expect(await hls.fatalErrors()).toEqual([]);
  await hls.video.evaluate((element: HTMLVideoElement) => element.pause());
  const shown = await waitFor(
    "a picture that stands",
    async () => {
      const [one, other] = [await hls.shown(), await hls.shown()];
      return one.mark !== null && one.mark.number === other.mark?.number ? other : undefined;
    },
    { withinMs: 5000 },
  );
  expect(Math.abs(truth.difference(truth.numberAt(shown.wallMs), shown.mark?.number ?? -1))).toBeLessThanOrEqual(1);
});
