import type { Segment } from "@nightjar/api/recording";
import { expect, type Page, test } from "@playwright/test";
import { type FrameTruth, frameTruth } from "../../harness/frame-truth.ts";
import { signInPage } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { waitFor } from "../../harness/wait.ts";
import { readPictures } from "../../rig/picture.ts";
import { closedSegments, type RecordedCamera, sharedCamera, sharedRecording } from "../../shared-recording.ts";

const LEAST_FOOTAGE_MS = 90_000;
/** Pictures may differ by so much of the day's time, beside how long a frame lasts. */
const TOGETHER_MS = 100;
const SAMPLES = 20;
/** A busy machine may be late for a moment; what counts is that they are together nearly always. */
const MAY_BE_APART = 2;

/** Gate, Yard, Hall and Store: 15, 10, 25 and 12.5 frames a second; what Yard sends is converted. */
const CAMERAS = [0, 1, 2, 3] as const;

interface Watched {
  readonly camera: RecordedCamera;
  readonly segments: readonly Segment[];
  readonly truth: FrameTruth;
}

let watched: Watched[];
const startMs = (i: number) => Math.max(...watched.map(({ segments }) => Date.parse(segments[i]?.start ?? "")));

test.beforeAll(async () => {
  test.setTimeout(240_000);
  watched = [];
  for (const index of CAMERAS) {
    const camera = sharedCamera(index);
    const segments = await closedSegments(camera.id, LEAST_FOOTAGE_MS);
    watched.push({ camera, segments, truth: await frameTruth(sharedRecording(), camera.scene, segments) });
  }
});

async function openTogether(page: Page, at: number): Promise<Player> {
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const [first, ...others] = watched.map(({ camera }) => camera.id);
  const time = encodeURIComponent(new Date(at).toISOString());
  await page.goto(`${baseUrl}/playback?camera=${first}&with=[${others.join()}]&time=${time}&zoom=240`);
  const player = new Player(page);
  await expect(player.videos).toHaveCount(watched.length);
  return player;
}

/** By how many milliseconds the pictures are apart now: a frame is the picture of all the time that it lasts. */
async function apartMs(player: Player): Promise<number> {
  const { wallMs } = await player.state();
  const pictures = await readPictures(player.videos);
  const spans = pictures.map(({ mark }, i) => {
    const { camera, truth } = watched[i] ?? {};
    if (mark === null || camera === undefined || truth === undefined || mark.scene !== camera.scene.id) return null;
    const beginsMs = truth.timeOf(mark.number, wallMs);
    return { beginsMs, endsMs: beginsMs + 1000 / camera.scene.fps };
  });
  const latest = Math.max(...spans.map((span) => span?.beginsMs ?? Number.POSITIVE_INFINITY));
  const earliest = Math.min(...spans.map((span) => span?.endsMs ?? Number.NEGATIVE_INFINITY));
  return Math.max(0, latest - earliest);
}

/** Waits until they are together, then looks again and again. */
async function expectTogether(player: Player, when: string): Promise<void> {
  const isTogether = async () => (await apartMs(player)) <= TOGETHER_MS;
  await waitFor(`the pictures to be together ${when}`, isTogether, { withinMs: 30_000 });
  const apart: number[] = [];
  for (let i = 0; i < SAMPLES; i++) apart.push(await apartMs(player));
  const tooFar = apart.filter((ms) => ms > TOGETHER_MS);
  expect(tooFar.length, `${when}: ${apart.map(Math.round)}`).toBeLessThanOrEqual(MAY_BE_APART);
}

test("the pictures of several cameras are of the same time while playing, after a jump, at 2×, and frame by frame", async ({
  page,
}) => {
  const player = await openTogether(page, startMs(1));
  await expectTogether(player, "while playing");
  await player.clickTime(startMs(3) + 4000);
  await expect.poll(async () => (await player.state()).wallMs).toBeGreaterThan(startMs(3) + 3500);
  await expectTogether(player, "after a jump");
  await page.keyboard.press(">");
  await expectTogether(player, "at 2×");
  await player.pause();
  await expectTogether(player, "standing still");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await player.pressForPicture(key);
  await expectTogether(player, "after steps of a frame");
});

test("cameras are put beside each other and taken out again, at the same time, and the address holds them", async ({
  page,
}) => {
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const [gate] = watched;
  const search = new URLSearchParams({ camera: `${gate?.camera.id}`, time: new Date(startMs(2)).toISOString() });
  await page.goto(`${baseUrl}/playback?${search}`);
  const player = new Player(page);
  await player.waitForPicture(startMs(2), 5000, ({ mark }) => mark !== null);
  const before = await player.pause();
  for (const name of ["Yard", "Hall", "Store"]) await page.getByRole("button", { name: `Show ${name} beside` }).click();
  await expect(player.videos).toHaveCount(4);
  await expectTogether(player, "after they were added");
  expect(Math.abs((await player.state()).wallMs - before.wallMs)).toBeLessThan(100);
  await page.reload();
  await expect(player.videos).toHaveCount(4);
  await page.getByRole("button", { name: "Take Gate out" }).first().click();
  await expect(player.videos).toHaveCount(3);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Yard, Hall, Store");
});
