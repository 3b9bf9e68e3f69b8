import type { Segment } from "@nightjar/api/recording";
import { expect, type Page, test } from "@playwright/test";
import { type FrameTruth, frameTruth } from "../../harness/frame-truth.ts";
import { signInPage } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { closedSegments, SQUARE, sharedCamera, sharedRecording } from "../../shared-recording.ts";

const [YARD, HALL] = [1, 2];
const LEAST_FOOTAGE_MS = 130_000;
/** What is played at sixteen times, and some seconds at the beginning. */
const LARGE_FOOTAGE_MS = 100_000;
const MEASURED_MS = 3000;

let segments: Segment[];
/** Of the camera with 1080p25. */
let large: Segment[];
let truth: FrameTruth;
const square = () => sharedCamera(SQUARE);
const startMs = (i: number) => Date.parse(segments[i]?.start ?? "");
const largeMs = (i: number) => Date.parse(large[i]?.start ?? "");

test.beforeAll(async () => {
  test.setTimeout(300_000);
  segments = await closedSegments(sharedCamera(HALL).id, LEAST_FOOTAGE_MS);
  large = await closedSegments(square().id, LARGE_FOOTAGE_MS);
  truth = await frameTruth(sharedRecording(), square().scene, large);
});

async function open(page: Page, cameraId: number, at: number, speed = 1): Promise<Player> {
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const search = new URLSearchParams({ camera: `${cameraId}`, time: new Date(at).toISOString(), speed: `${speed}` });
  await page.goto(`${baseUrl}/playback?${search}&zoom=240`);
  const player = new Player(page);
  await player.waitForPicture(at, 5000 + 5000 * speed, ({ mark }) => mark !== null);
  return player;
}

for (const speed of [8, 16]) {
  test(`at ${speed}× key frames alone keep up with the clock and are the right ones, and a step shows every frame again`, async ({
    page,
  }) => {
    const player = await open(page, square().id, largeMs(0) + 1000, speed);
    await expect(player.video).toHaveAttribute("data-variant", "sync");
    await expect(page.getByTestId("form-mark")).toHaveText("Key frames only");
    const gopFrames = square().scene.gopFrames;
    await expect.poll(async () => (await player.state()).wallMs).toBeGreaterThan(largeMs(0) + 1000 + 200 * speed);
    const measured = await player.clockSpeed(MEASURED_MS);
    expect(measured / speed).toBeGreaterThan(0.95);
    expect(measured / speed).toBeLessThan(1.05);
    const shown = await player.state();
    // A key frame stands for its GOP, and the page's two readings are some frames of the page apart.
    const off = truth.difference(truth.numberAt(shown.wallMs), shown.mark?.number ?? -1);
    expect(Math.abs(off)).toBeLessThanOrEqual(gopFrames + (speed * square().scene.fps) / 10);
    const keyFrame = (await player.pause()).mark?.number ?? -1;
    const paused = (await player.pressForPicture("ArrowRight")).mark?.number ?? -1;
    await expect(player.video).toHaveAttribute("data-variant", "full");
    expect(truth.difference(keyFrame, paused)).toBe(1);
    const next = (await player.pressForPicture("ArrowRight")).mark?.number ?? -1;
    expect(truth.difference(paused, next)).toBe(1);
  });
}

test("H.265 that this browser cannot play is converted, and the page says so", async ({ page }) => {
  const yard = sharedCamera(YARD);
  const [, second] = await closedSegments(yard.id, LEAST_FOOTAGE_MS);
  const player = await open(page, yard.id, Date.parse(second?.start ?? "") + 1000);
  await expect(player.video).toHaveAttribute("data-variant", "h264");
  await expect(page.getByTestId("form-mark")).toHaveText("Converted to H.264");
  const { mark } = await player.state();
  expect(mark?.scene).toBe(yard.scene.id);
});

test("a snapshot is the frame that is shown, and pointing at the timeline shows a thumbnail", async ({ page }) => {
  const player = await open(page, sharedCamera(HALL).id, startMs(1) + 3000);
  const shown = await player.pause();
  const saving = page.waitForEvent("download");
  await page.keyboard.press("s");
  const download = await saving;
  expect(download.suggestedFilename()).toMatch(/^Hall \d{4}-\d{2}-\d{2} \d{2}-\d{2}-\d{2}\.jpg$/);
  const image = await page.request.get(
    `${sharedRecording().baseUrl}/api/recordings/frame?camera_id=${sharedCamera(HALL).id}&time=${new Date(shown.wallMs).toISOString()}`,
  );
  expect(image.headers()["content-type"]).toBe("image/jpeg");
  const box = await player.timeline.boundingBox();
  if (box === null) throw new Error("The timeline is not on the page.");
  await page.mouse.move(box.x + box.width / 2 + 20, box.y + box.height / 2);
  const thumbnail = page.locator("img[src*='/api/recordings/thumbnail']:not([hidden])");
  await expect(thumbnail.first()).toBeVisible();
  await expect.poll(() => thumbnail.first().evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(100);
});
