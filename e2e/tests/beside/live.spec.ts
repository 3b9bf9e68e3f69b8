import { writeFile } from "node:fs/promises";
import { cameraRoutes, liveRoutes } from "@nightjar/api/routes";
import { expect, type Page, type TestInfo, test } from "@playwright/test";
import { expectAccessible } from "../../harness/axe.ts";
import { addCamera, endRecording, segmentPath, waitForFootage, waitUntilRecording } from "../../harness/footage-of.ts";
import { LivePage, pictureAgeMs, waitForPictureOf } from "../../harness/live-page.ts";
import { LiveViewer } from "../../harness/live-viewer.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage, tabTo } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { pssBytes } from "../../harness/processes.ts";
import { waitFor } from "../../harness/wait.ts";
import { frameDueMs, type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { heardOffsetsMs } from "../../rig/heard-beeps.ts";
import { makeScene, makeSmallScene, type Scene } from "../../rig/scene.ts";
import { soundOffsetsMs } from "../../rig/sound.ts";

const VIEWERS = 20;
const SLOW_BYTES_PER_SECOND = 1000;
/** `E2E_LIVE_SECONDS=300 npx playwright test …` lets twenty viewers watch for so long. */
const WATCHED_SECONDS = Number(process.env.E2E_LIVE_SECONDS ?? 10);
/** What comes and goes with twenty viewers, whatever they read; in five minutes the slow one leaves more than this unread. */
const VIEWERS_MEMORY_BYTES = 48 * 1024 * 1024;
/** Usually half a second; the machine may have a lot to do. */
const LIVE_WITHIN_MS = 1500;
/** What plays for a while before it comes to live. */
const OLDER_THAN_LIVE_MS = 3500;
const SOUND_OFFSET_BOUND_MS = 60;
const HEARD_SECONDS = 5;
/** The newest picture of who has caught up is no older. */
const CAUGHT_UP_MS = 6000;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
let small: Scene;
let gateId: number;
let h265Ids: number[];

test.beforeAll(async () => {
  test.setTimeout(180_000);
  const size = { width: 1280, height: 720, fps: 20, gopFrames: 20, seconds: 60 } as const;
  const gate = await makeScene({ ...size, id: 4, codec: "h264", audio: "pcmu" });
  small = await makeSmallScene("h264");
  rig = await startCameras([{ scene: gate, sub: small }, { scene: await makeSmallScene("h265") }]);
  nightjar = await startNightjar();
  const streams = { main: { url: camera(0).url }, sub: { url: camera(0).subUrl } };
  gateId = (await nightjar.client(cameraRoutes.create, { body: { name: "Gate", streams } })).id;
  h265Ids = [];
  for (const name of ["Yard", "Yard 2", "Yard 3"])
    h265Ids.push((await addCamera(nightjar, camera(1).url, { name, recording: { mode: "disabled" } })).id);
  await waitUntilRecording(nightjar, gateId);
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
});

function camera(number: number): RigCamera {
  const one = rig[number];
  if (one === undefined) throw new Error("The rig's camera was not started.");
  return one;
}

/** Of the server, its workers and their ffmpegs. */
function memoryBytes(): number {
  return nightjar.processes().reduce((sum, one) => sum + pssBytes(one), 0);
}

async function saved(viewer: LiveViewer, info: TestInfo, name: string): Promise<string> {
  const file = info.outputPath(name);
  await writeFile(file, viewer.media);
  return file;
}

test("the grid shows the sub stream of now, an enlarged tile the main one, all by keyboard, and leads to Playback", async ({
  page,
}, info) => {
  const live = await LivePage.open(page, nightjar.baseUrl);
  await live.waitForLive(gateId, { scene: small, epochMs: camera(0).epochMs }, LIVE_WITHIN_MS);
  await expect(live.tile(gateId).getByText("Recording", { exact: true })).toBeVisible();
  await page.screenshot({ path: info.outputPath("live.png") });
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await live.waitForLive(gateId, { scene: small, epochMs: camera(0).epochMs }, LIVE_WITHIN_MS);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await tabTo(page, live.tile(gateId).getByRole("button", { name: "Enlarge Gate" }).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Gate" })).toBeVisible();
  await live.waitForLive(gateId, camera(0), LIVE_WITHIN_MS);
  await page.keyboard.press("m");
  await expect(live.tile(gateId).getByRole("button", { name: "Sound of Gate off" })).toBeVisible();
  await page.keyboard.press("Escape");
  await live.waitForLive(gateId, { scene: small, epochMs: camera(0).epochMs }, LIVE_WITHIN_MS);
  await live.tile(gateId).hover();
  const leftMs = Date.now();
  await live.tile(gateId).getByRole("button", { name: "Play the last seconds of Gate" }).click();
  await expect(page).toHaveURL(/\/playback\?/);
  const address = new URL(page.url()).searchParams;
  expect(address.get("camera")).toBe(String(gateId));
  expect(Math.abs(Date.parse(address.get("time") ?? "") - (leftMs - 10_000))).toBeLessThan(3000);
});

async function openNewest(page: Page): Promise<void> {
  await signInPage(page, nightjar.baseUrl);
  const time = new Date(Date.now() - 5000).toISOString();
  await page.goto(`${nightjar.baseUrl}/playback?camera=${gateId}&time=${time}&speed=2`);
}

/** Waits for the live picture of Playback, and pauses it: answers the player with the footage of that moment. */
async function pauseLive(page: Page): Promise<Player> {
  const live = page.getByTestId("playback-live");
  await expect(live).toHaveAttribute("data-shown", "true", { timeout: 30_000 });
  await waitForPictureOf(live, camera(0), LIVE_WITHIN_MS);
  const pausedMs = Date.now();
  await page.keyboard.press("k");
  await expect(live).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  const video = page.getByTestId("player-video");
  await expect(async () => {
    const shownMs = Date.now() - ((await pictureAgeMs(video, camera(0))) ?? 0);
    expect(Math.abs(shownMs - pausedMs)).toBeLessThan(2 * LIVE_WITHIN_MS);
  }).toPass({ timeout: 10_000 });
  return new Player(page);
}

/** Presses the arrow keys; every picture must be the next one, or the one before. */
async function expectSteps(player: Player, keys: readonly ("ArrowLeft" | "ArrowRight")[]): Promise<void> {
  const { frames } = camera(0).scene;
  let at = (await player.restingPicture()).mark?.number ?? Number.NaN;
  for (const key of keys) {
    const next = (await player.pressForPicture(key)).mark?.number;
    expect(next, key).toBe((at + (key === "ArrowRight" ? 1 : frames - 1)) % frames);
    at = next ?? Number.NaN;
  }
}

test("playback that comes to the newest footage goes on into live; paused, it shows the footage of that moment", async ({
  page,
}) => {
  await openNewest(page);
  for (const _ of ["by playing on", "by the button"]) {
    const player = await pauseLive(page);
    await expectSteps(player, ["ArrowLeft", "ArrowRight", "ArrowRight"]);
    await page.getByRole("button", { name: "Live" }).click();
  }
});

test("a step behind the newest frame that can be played waits for the next one", async ({ page }) => {
  await openNewest(page);
  const player = await pauseLive(page);
  await expectSteps(player, new Array(3 * camera(0).scene.fps).fill("ArrowRight"));
});

/** Wall time up to which a playlist of the last minutes has footage. */
async function coveredToMs(): Promise<number> {
  const nowMs = Date.now();
  const span = { start: new Date(nowMs - 300_000).toISOString(), end: new Date(nowMs + 300_000).toISOString() };
  const query = new URLSearchParams({ camera_id: `${gateId}`, ...span });
  const response = await fetch(`${nightjar.baseUrl}/api/recordings/playlist.m3u8?${query}`, {
    headers: { authorization: `Bearer ${nightjar.token}` },
  });
  let atMs = Number.NaN;
  for (const [, tag, value = ""] of (await response.text()).matchAll(/#(EXT-X-PROGRAM-DATE-TIME|EXTINF):([^,\n]*)/g)) {
    atMs = tag === "EXTINF" ? atMs + Number(value) * 1000 : Date.parse(value);
  }
  return atMs;
}

/** What a playlist has just got: its next entry is seconds away. */
async function freshEnd(): Promise<number> {
  let before: number | undefined;
  const grown = async () => {
    const endMs = await coveredToMs();
    if (before === undefined && endMs > 0) before = endMs;
    return endMs > (before ?? endMs) ? endMs : undefined;
  };
  return waitFor("the playlist to grow", grown, { withinMs: 20_000 });
}

/** From something newer playback goes on into live at once. */
async function oldEnoughEnd(): Promise<number | undefined> {
  const endMs = await coveredToMs();
  return Date.now() - endMs > OLDER_THAN_LIVE_MS ? endMs : undefined;
}

test("the last pictures that a playlist has are shown, and playback goes on from them", async ({ page }) => {
  await signInPage(page, nightjar.baseUrl);
  for (const beforeEndMs of [20, 120, 400]) {
    const endMs = await waitFor("an end that is not as good as live", oldEnoughEnd, { withinMs: 20_000 });
    const ms = endMs - beforeEndMs;
    await page.goto(`${nightjar.baseUrl}/playback?camera=${gateId}&time=${new Date(ms).toISOString()}&speed=0.2`);
    const player = new Player(page);
    await expect(player.video).toHaveAttribute("data-phase", "ready");
    expect(Math.abs((await player.state()).wallMs - ms)).toBeLessThan(LIVE_WITHIN_MS);
  }
});

test("steps go on over the end of what a playlist has, without waiting for its next entry", async ({ page }) => {
  await signInPage(page, nightjar.baseUrl);
  const time = new Date((await freshEnd()) - 1300).toISOString();
  await page.goto(`${nightjar.baseUrl}/playback?camera=${gateId}&time=${time}&speed=0.1`);
  const player = new Player(page);
  await expect(player.video).toHaveAttribute("data-phase", "ready");
  await player.pause();
  await expectSteps(player, new Array(2 * camera(0).scene.fps).fill("ArrowRight"));
});

test("sound and picture are together, as they leave the browser", async ({ page }) => {
  const live = await LivePage.open(page, nightjar.baseUrl, `?camera=${gateId}`);
  await live.waitForLive(gateId, camera(0), LIVE_WITHIN_MS);
  await page.keyboard.press("m");
  const offsetsMs = await heardOffsetsMs(live.video(gateId), camera(0).scene, HEARD_SECONDS);
  expect(offsetsMs.length).toBeGreaterThan(1);
  // On a machine with too much to do the browser's sound card, which is none, falls behind: that one beep is right shows that the stream is.
  const nearest = Math.min(...offsetsMs.map((offsetMs) => Math.abs(offsetMs)));
  expect(nearest, `offsets: ${offsetsMs.map(Math.round)}`).toBeLessThan(SOUND_OFFSET_BOUND_MS);
});

test("H.265 is converted where the browser cannot play it, two at once, and refused beyond that in words that help", async ({
  page,
}) => {
  const [first = 0, second = 0, third = 0] = h265Ids;
  const live = await LivePage.open(page, nightjar.baseUrl, `?camera=${first}`);
  await live.waitForLive(first, camera(1), 2 * LIVE_WITHIN_MS);
  await expect(live.tile(first).getByText("converted from H.265")).toBeVisible();
  const other = await LiveViewer.open(nightjar, second, "video=h264");
  await waitFor("a converted fragment", () => other.fragments > 0, { withinMs: 10_000 });
  expect(other.beginnings[0]).toMatchObject({ converted: "video", codecs: expect.stringMatching(/^avc1/) });
  const refused = await LiveViewer.open(nightjar, third, "video=h264");
  await waitFor("the refusal", () => refused.closed, { withinMs: 10_000 });
  expect(refused.texts.at(-1)).toMatchObject({ error: { code: "transcoding_busy" } });
  const untouched = await LiveViewer.open(nightjar, third);
  await waitFor("H.265 as it is", () => untouched.fragments > 0, { withinMs: 10_000 });
  expect(untouched.beginnings[0]).toMatchObject({ converted: null, codecs: expect.stringMatching(/^hvc1/) });
  for (const viewer of [other, refused, untouched]) viewer.close();
});

test("a camera that serves one client only keeps it for the recording: who asks for its sub stream sees the recorded one", async () => {
  const [single] = await startCameras([{ scene: small, sub: small, sessions: 1 }]);
  if (single === undefined) throw new Error("The camera was not started.");
  try {
    const streams = { main: { url: single.url }, sub: { url: single.subUrl } };
    const { id } = await nightjar.client(cameraRoutes.create, { body: { name: "Shed", streams } });
    await waitUntilRecording(nightjar, id);
    const viewer = await LiveViewer.open(nightjar, id, "stream=sub");
    await waitFor("the recorded stream", () => viewer.fragments > 4, { withinMs: 20_000 });
    expect(viewer.beginnings).toEqual([expect.objectContaining({ stream: "main" })]);
    await waitForFootage(nightjar, id, 3);
    viewer.close();
    const [segment, ...more] = await endRecording(nightjar, id);
    if (segment === undefined) throw new Error("Nothing was recorded.");
    expect(more).toEqual([]);
    const marks = await readFrameMarks(segmentPath(nightjar.dataFolder, segment));
    expect(findFrameFaults(marks, small).places).toEqual([]);
  } finally {
    await stopCameras([single]);
  }
});

test("twenty viewers, one of them reading a kilobyte a second: no frame is lost for the others, nor in the recording, and memory stays bounded", async ({
  request,
}, info) => {
  test.setTimeout((WATCHED_SECONDS + 110) * 1000);
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => LiveViewer.open(nightjar, gateId)));
  const [slow, ...others] = viewers;
  if (slow === undefined) throw new Error("There are no viewers.");
  slow.readAt(SLOW_BYTES_PER_SECOND);
  const watched = () => Promise.resolve(others.every((viewer) => viewer.fragments >= 4));
  await waitFor("all to watch", watched, { withinMs: 20_000 });
  const memoryBefore = memoryBytes();
  const fps = camera(0).scene.fps;
  const enough = () => others.every((viewer) => viewer.fragments >= WATCHED_SECONDS * 4);
  await waitFor("all to have watched a while", enough, { withinMs: (WATCHED_SECONDS + 20) * 1000 });
  const grownBytes = memoryBytes() - memoryBefore;
  console.log(`Memory after ${WATCHED_SECONDS} s of ${VIEWERS} viewers: ${(grownBytes / 1e6).toFixed(1)} MB more.`);
  expect(grownBytes).toBeLessThan(VIEWERS_MEMORY_BYTES);
  const snapshot = await request.get(`${nightjar.baseUrl}${liveRoutes.snapshot.path.replace(":id", String(gateId))}`, {
    headers: { authorization: `Bearer ${nightjar.token}` },
  });
  expect(snapshot.headers()["content-type"]).toBe("image/jpeg");
  for (const [i, viewer] of others.entries()) {
    expect(viewer.beginnings).toHaveLength(1);
    if (i % 9 !== 0) continue;
    const marks = await readFrameMarks(await saved(viewer, info, `viewer-${i}.mp4`));
    expect(marks.length).toBeGreaterThan(WATCHED_SECONDS * fps - fps);
    expect(findFrameFaults(marks, camera(0).scene).places).toEqual([]);
  }
  const offsetsMs = await soundOffsetsMs(await saved(others[0] ?? slow, info, "sound.mp4"), camera(0).scene);
  expect(offsetsMs.length).toBeGreaterThan(WATCHED_SECONDS - 4);
  for (const offsetMs of offsetsMs) expect(Math.abs(offsetMs)).toBeLessThan(SOUND_OFFSET_BOUND_MS);
  slow.readAt(null);
  // First comes what was on the way to it already.
  const isLiveAgain = async () => {
    if (slow.fragments === 0) return undefined;
    const file = await saved(slow, info, "slow.mp4");
    const nowMs = Date.now();
    const got = await readFrameMarks(file);
    const ageMs = nowMs - frameDueMs(camera(0), got.at(-1)?.number ?? -1, nowMs);
    return ageMs < CAUGHT_UP_MS ? got : undefined;
  };
  const marks = await waitFor("the slow one to be live again", isLiveAgain, { withinMs: 30_000, everyMs: 500 });
  // What it missed are whole groups of pictures: every picture that it got could be decoded.
  expect(findFrameFaults(marks, camera(0).scene)).toMatchObject({ unreadable: 0, repeated: 0 });
  for (const viewer of viewers) viewer.close();
});

test("a camera that goes away is named as the cause, and is shown again as soon as it is back", async ({ page }) => {
  const live = await LivePage.open(page, nightjar.baseUrl, `?camera=${gateId}`);
  await live.waitForLive(gateId, camera(0), LIVE_WITHIN_MS);
  await camera(0).stop();
  await expect(live.tile(gateId).getByText("Camera offline")).toBeVisible();
  await camera(0).start();
  await live.waitForLive(gateId, camera(0), LIVE_WITHIN_MS);
  const segments = await endRecording(nightjar, gateId);
  const beforeCut = segments[0];
  if (beforeCut === undefined) throw new Error("Nothing was recorded.");
  const marks = await readFrameMarks(segmentPath(nightjar.dataFolder, beforeCut));
  expect(marks.length).toBeGreaterThan(WATCHED_SECONDS * camera(0).scene.fps);
  expect(findFrameFaults(marks, camera(0).scene).places).toEqual([]);
});
