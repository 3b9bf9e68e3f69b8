import type { Segment } from "@nightjar/api/recording";
import { expect, type Locator, test } from "@playwright/test";
import { addCamera, listSegments, segmentPath } from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { Player, watchPlaying } from "../../harness/player.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, probeTracks, readFrameMarks } from "../../rig/footage.ts";
import { makeScene } from "../../rig/scene.ts";
import { soundOffsetsMs } from "../../rig/sound.ts";
import { runTool } from "../../rig/tool.ts";

const SEGMENT_SECONDS = 10;
const SOUND_OFFSET_BOUND_MS = 60;
const STALL_BOUND_MS = 500;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
/** Two whole files, one behind the other; not the first of the connection, where sound and picture need not be together yet (rig/sound.ts). */
let segments: Segment[];

test.beforeAll(async () => {
  const size = { width: 320, height: 184, fps: 10, gopFrames: 10, seconds: 120 } as const;
  rig = await startCameras([{ scene: await makeScene({ ...size, id: 5, codec: "h264", audio: "pcmu" }) }]);
  nightjar = await startNightjar();
  const { id } = await addCamera(nightjar, camera().url, {
    recording: { segment_seconds: SEGMENT_SECONDS },
    audio: { enabled: true, codec: "mp3" },
  });
  const twoWhole = async () => {
    const closed = (await listSegments(nightjar, id)).filter((one) => one.state === "closed");
    const whole = closed.slice(1).filter((one) => one.duration_seconds > SEGMENT_SECONDS - 2);
    return whole.length >= 2 ? whole.slice(0, 2) : undefined;
  };
  segments = await waitFor("two whole segments", twoWhole, { withinMs: 60_000, everyMs: 500 });
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
});

function camera(): RigCamera {
  const [one] = rig;
  if (one === undefined) throw new Error("The rig's camera was not started.");
  return one;
}

const startMs = () => Date.parse(segments[0]?.start ?? "");

const decodedSoundBytes = (video: Locator) =>
  video.evaluate(
    (element) => (element as unknown as { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount,
  );

test("footage with MP3 is heard in Playback, and goes on across files without a stop", async ({ page }) => {
  const { dataFolder, baseUrl } = nightjar;
  for (const segment of segments) {
    const tracks = await probeTracks(segmentPath(dataFolder, segment));
    expect(tracks.map((track) => track.codec)).toEqual(["h264", "mp3"]);
  }
  await signInPage(page, baseUrl);
  const time = new Date(startMs() + 4000).toISOString();
  await page.goto(`${baseUrl}/playback?${new URLSearchParams({ camera: String(segments[0]?.camera_id), time })}`);
  const player = new Player(page);
  const firstPicture = async () => {
    const shown = await player.state();
    return shown.mark?.scene === camera().scene.id ? shown : undefined;
  };
  const seen = await waitFor("a picture", firstPicture, { withinMs: 30_000 });
  const bytes = await decodedSoundBytes(player.video);
  const report = await watchPlaying(player.video, SEGMENT_SECONDS);
  expect(report.longestStallMs).toBeLessThan(STALL_BOUND_MS);
  expect(report.mediaMs).toBeGreaterThan((SEGMENT_SECONDS - 1) * 1000);
  const later = await player.state();
  expect(later.wallMs).toBeGreaterThan(Date.parse(segments[1]?.start ?? ""));
  expect(later.mark?.number).not.toBe(seen.mark?.number);
  // FLAC of speech and beeps is smaller, but never less than some hundred bytes a second; without sound it stays at 0.
  expect(await decodedSoundBytes(player.video)).toBeGreaterThan(bytes + 1000);
});

test("another HLS player gets every picture, and sound that is together with it", async () => {
  const query = new URLSearchParams({
    camera_id: String(segments[0]?.camera_id),
    start: segments[0]?.start ?? "",
    end: segments[1]?.end ?? "",
  });
  const saved = test.info().outputPath("from-playlist.mp4");
  const headers = ["-headers", `Authorization: Bearer ${nightjar.token}\r\n`];
  const input = ["-i", `${nightjar.baseUrl}/api/recordings/playlist.m3u8?${query}`];
  await runTool("ffmpeg", ["-v", "error", "-nostdin", ...headers, ...input, "-c", "copy", "-strict", "-2", saved]);
  expect((await probeTracks(saved)).map((track) => track.codec)).toEqual(["h264", "flac"]);
  expect(findFrameFaults(await readFrameMarks(saved), camera().scene).places).toEqual([]);
  const offsetsMs = await soundOffsetsMs(saved, camera().scene);
  expect(offsetsMs.length).toBeGreaterThan(2 * SEGMENT_SECONDS - 4);
  const worstMs = Math.max(...offsetsMs.map(Math.abs));
  expect(worstMs, `${offsetsMs.map(Math.round).join(" ")} ms`).toBeLessThan(SOUND_OFFSET_BOUND_MS);
});
