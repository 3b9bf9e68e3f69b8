import type { Segment } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import { expect, type Page, test } from "@playwright/test";
import { type FrameTruth, frameTruth } from "../../harness/frame-truth.ts";
import { ADMIN } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { Player, type Shown, watchPlaying } from "../../harness/player.ts";
import { frameDueMs } from "../../rig/cameras.ts";
import { closedSegments, SHARED_CAMERAS, sharedCamera, sharedRecording } from "../../shared-recording.ts";

const GATE = 0;
const LEAST_FOOTAGE_MS = 90_000;
/** How far the recorded time of a frame may be from the time at which the camera had to send it, on a busy machine. */
const WALL_TIME_BOUND_MS = 500;
const STALL_BOUND_MS = 500;
const SPEED_MEASURED_MS = 2000;

let segments: Segment[];
let truth: FrameTruth;
const camera = () => sharedCamera(GATE);
const gopMs = () => (camera().scene.gopFrames / camera().scene.fps) * 1000;
const startMs = (i: number) => Date.parse(segments[i]?.start ?? "");

test.beforeAll(async () => {
  test.setTimeout(240_000);
  segments = await closedSegments(camera().id, LEAST_FOOTAGE_MS);
  truth = await frameTruth(sharedRecording(), camera().scene, segments);
});

/** Opens Playback of the camera so that the timeline shows all of its footage a pixel of which is less than a GOP. */
async function openPlayback(page: Page, at: number): Promise<Player> {
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const search = new URLSearchParams({ camera: String(camera().id), time: new Date(at).toISOString(), zoom: "240" });
  await page.goto(`${baseUrl}/playback?${search}`);
  const player = new Player(page);
  await expect(player.timeline).toBeVisible();
  return player;
}

/** By how many frames the picture is another than the one that belongs to the wall time that the page says. */
function framesOff({ mark, wallMs }: Shown): number {
  if (mark?.scene !== camera().scene.id) return Number.POSITIVE_INFINITY;
  return Math.abs(truth.difference(truth.numberAt(wallMs), mark.number));
}

const isRight = (shown: Shown) => framesOff(shown) <= camera().scene.gopFrames;

/** The right picture, give or take a GOP, by the recording and by what the camera sent at that time. */
function expectRightPicture(shown: Shown): void {
  expect(framesOff(shown), JSON.stringify(shown)).toBeLessThanOrEqual(camera().scene.gopFrames);
  const sentMs = frameDueMs(camera(), shown.mark?.number ?? -1, shown.wallMs);
  expect(Math.abs(sentMs - shown.wallMs)).toBeLessThan(gopMs() + WALL_TIME_BOUND_MS);
}

/** Sooner or later: where the browser drops too many frames, key frames alone are loaded first. */
async function expectSpeed(player: Player, speed: number): Promise<void> {
  await expect(async () => {
    const measured = (await player.clockSpeed(SPEED_MEASURED_MS)) / speed;
    expect(measured).toBeGreaterThan(0.9);
    expect(measured).toBeLessThan(1.1);
  }).toPass({ timeout: 15_000 });
}

test("sign in, open Playback, pick camera and day, click the timeline: the picture is the one of that time", async ({
  page,
}, info) => {
  const { baseUrl } = sharedRecording();
  await page.goto(baseUrl);
  await page.getByLabel("User name").fill(ADMIN.username);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Playback" }).click();
  await page.getByRole("navigation", { name: "Cameras" }).getByText(SHARED_CAMERAS[GATE].name).click();
  await page
    .getByRole("button", { name: /has footage/ })
    .last()
    .click();
  const player = new Player(page);
  await expect(player.timeline).toBeVisible();
  // The day begins with its first footage; only from there on is the timeline where this test clicks it.
  await player.waitForPicture(startMs(0), 6000, isRight);
  for (let step = 0; (await player.pixelMs()) > gopMs() / 4; step++) {
    expect(step, "the timeline can be zoomed in").toBeLessThan(30);
    await page.keyboard.press("+");
  }
  const { startMs: from, endMs: to } = await player.visibleSpan();
  const wantedMs = (Math.max(from, startMs(0)) + Math.min(to, Date.parse(segments.at(-1)?.end ?? ""))) / 2;
  await player.clickTime(wantedMs);
  const state = await player.waitForPicture(wantedMs, 6000, isRight);
  expect(state.wallMs).toBeGreaterThan(wantedMs - gopMs());
  expectRightPicture(state);
  await page.screenshot({ path: info.outputPath("playback.png") });
  await info.attach("playback", { path: info.outputPath("playback.png") });
});

test("a day that is still being looked up does not take away from where a person has gone meanwhile", async ({
  page,
}) => {
  const player = await openPlayback(page, startMs(1));
  await player.waitForPicture(startMs(1), 6000, isRight);
  const lookUp = /\/api\/recordings\/segments\?.*limit=1$/;
  let goOn: () => void = () => undefined;
  const isElsewhere = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let held = 0;
  await page.route(lookUp, async (route) => {
    held += 1;
    await isElsewhere;
    await route.continue();
  });
  await page
    .getByRole("button", { name: /has footage/ })
    .last()
    .click();
  await expect.poll(() => held).toBeGreaterThan(0);
  await player.clickTime(startMs(2) + 5000);
  await player.waitForPicture(startMs(2) + 5000, 4000, isRight);
  const answered = page.waitForResponse(lookUp);
  goOn();
  await answered;
  // Long enough for a jump to be under way: the page would name its time at once.
  await player.waitForPicture(startMs(2) + 8000, 2000, isRight);
});

test("playing goes over two boundaries of segments without a stall, with the right picture on each side", async ({
  page,
}) => {
  const second = startMs(2);
  const player = await openPlayback(page, startMs(1));
  await player.clickTime(second - 3000);
  await player.waitForPicture(second - 3000, 3000, isRight);
  const toThirdSeconds = (startMs(3) - second) / 1000 + 6;
  const played = watchPlaying(player.video, toThirdSeconds);
  await player.waitForPicture(second + 1500, 1000, isRight).then(expectRightPicture);
  await expect(async () => expect((await player.state()).wallMs).toBeGreaterThan(startMs(3) + 500)).toPass({
    timeout: (toThirdSeconds + 10) * 1000,
  });
  expectRightPicture(await player.state());
  const report = await played;
  expect(report.longestStallMs).toBeLessThan(STALL_BOUND_MS);
  expect(report.mediaMs / report.elapsedMs).toBeGreaterThan(0.97);
});

test("the whole page is used by keyboard: play, pause, ten seconds, faster, slower", async ({ page }) => {
  const player = await openPlayback(page, startMs(1) + 2000);
  await player.waitForPicture(startMs(1) + 2000, 5000, isRight);
  const isPaused = async () => (await player.state()).paused;
  if (await isPaused()) await page.keyboard.press("Space");
  await expect.poll(isPaused).toBe(false);
  await page.keyboard.press("Space");
  await expect.poll(isPaused).toBe(true);
  const before = await player.state();
  expectRightPicture(before);
  await page.keyboard.press("Shift+ArrowRight");
  const after = await player.waitForPicture(before.wallMs + 10_000, 1000, isRight);
  expectRightPicture(after);
  await page.keyboard.press("Shift+ArrowLeft");
  expectRightPicture(await player.waitForPicture(before.wallMs, 1000, isRight));
  for (const speed of [2, 4]) {
    await page.keyboard.press(">");
    if (await isPaused()) await page.keyboard.press("Space");
    await expectSpeed(player, speed);
    expectRightPicture(await player.loadedPicture());
  }
  for (const _ of [2, 1, 0.5]) await page.keyboard.press("<");
  await expectSpeed(player, 0.5);
});

test("the calendar's days and the timeline of the API hold exactly the footage there is", async () => {
  const { client } = sharedRecording();
  const camera_id = camera().id;
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined) throw new Error("There are no segments.");
  const timeline = await client(recordingRoutes.timeline, { query: { camera_id, start: first.start, end: last.end } });
  expect(timeline.recordings).toEqual([{ start: first.start, end: last.end, kind: "continuous" }]);
  expect(timeline.gaps).toEqual([]);
  const date = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(new Date(first.start));
  const { days } = await client(recordingRoutes.days, { query: { camera_id, month: date.slice(0, 7) } });
  const day = days.find((one) => one.date === date);
  expect(day?.seconds).toBeGreaterThan(0);
});
