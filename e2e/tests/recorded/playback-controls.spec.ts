import type { Segment } from "@nightjar/api/recording";
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "../../harness/axe.ts";
import { type FrameTruth, frameTruth } from "../../harness/frame-truth.ts";
import { signInPage, tabTo } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { closedSegments, sharedCamera, sharedRecording } from "../../shared-recording.ts";

const HALL = 2;
const LEAST_FOOTAGE_MS = 90_000;
const PHONE = { width: 390, height: 844 };

let segments: Segment[];
let truth: FrameTruth;
const camera = () => sharedCamera(HALL);
const startMs = (i: number) => Date.parse(segments[i]?.start ?? "");

test.beforeAll(async () => {
  test.setTimeout(240_000);
  segments = await closedSegments(camera().id, LEAST_FOOTAGE_MS);
  truth = await frameTruth(sharedRecording(), camera().scene, segments);
});

/** Opens Playback of the camera at a time and pauses there. */
async function openPaused(page: Page, at: number): Promise<Player> {
  const { baseUrl } = sharedRecording();
  await signInPage(page, baseUrl);
  const search = new URLSearchParams({ camera: String(camera().id), time: new Date(at).toISOString(), zoom: "240" });
  await page.goto(`${baseUrl}/playback?${search}`);
  const player = new Player(page);
  await player.waitForPicture(at, 4000, ({ mark }) => mark !== null);
  await player.pause();
  return player;
}

test("the arrow keys show exactly the next and the previous frame, over the border of two files too", async ({
  page,
}) => {
  const player = await openPaused(page, startMs(2) - 2500);
  const border = truth.numberAt(startMs(2) + 1);
  let number = (await player.state()).mark?.number ?? -1;
  const press = async (key: "ArrowRight" | "ArrowLeft") => {
    const shown = (await player.pressForPicture(key)).mark?.number ?? -1;
    expect(truth.difference(number, shown), `${key} from frame ${number}`).toBe(key === "ArrowRight" ? 1 : -1);
    number = shown;
  };
  for (let i = 0; i < 3; i++) await press("ArrowRight");
  for (let i = 0; i < 5; i++) await press("ArrowLeft");
  await player.clickTime(startMs(2) - 500);
  number = (await player.pause()).mark?.number ?? -1;
  const before = truth.difference(number, border);
  expect(before).toBeGreaterThan(0);
  for (let i = 0; i < before + 2; i++) await press("ArrowRight");
  for (let i = 0; i < 4; i++) await press("ArrowLeft");
  expect(truth.difference(number, border)).toBe(2);
});

test("a step back from the first picture that was loaded shows the one before it", async ({ page }) => {
  const player = await openPaused(page, startMs(2) + 6000);
  await page.getByRole("button", { name: "Previous segment" }).click();
  const first = await player.waitForPicture(startMs(2), 300, ({ mark }) => {
    return mark !== null && Math.abs(truth.difference(truth.numberAt(startMs(2) + 1), mark.number)) <= 1;
  });
  const before = await player.pressForPicture("ArrowLeft");
  expect(truth.difference(first.mark?.number ?? -1, before.mark?.number ?? -1)).toBe(-1);
});

test("previous and next go to the beginnings of segments and recordings, and say when there is none", async ({
  page,
}) => {
  const player = await openPaused(page, startMs(2) + 6000);
  const firstFrameOf = (i: number) =>
    player.waitForPicture(startMs(i), 300, ({ mark }) => {
      const off = truth.difference(truth.numberAt(startMs(i) + 1), mark?.number ?? -1);
      return mark !== null && Math.abs(off) <= 1;
    });
  await page.getByRole("button", { name: "Previous segment" }).click();
  await firstFrameOf(2);
  await page.getByRole("button", { name: "Previous segment" }).click();
  await firstFrameOf(1);
  await page.getByRole("button", { name: "Next segment" }).click();
  await firstFrameOf(2);
  await page.keyboard.press("[");
  await firstFrameOf(0);
  const notice = page.getByTestId("player-notice");
  await page.getByRole("button", { name: "Next segment" }).click({ modifiers: ["Control"] });
  await expect(notice).toContainText("There is no later recording.");
  await page.getByRole("button", { name: "Next segment" }).click({ modifiers: ["Shift"] });
  await expect(notice).toContainText("There is no later event.");
});

test("the timeline zooms by wheel and keys, is pulled, and its playhead is dragged to another picture", async ({
  page,
}) => {
  const player = await openPaused(page, startMs(2));
  const widthMs = async () => {
    const span = await player.visibleSpan();
    return span.endMs - span.startMs;
  };
  const atFirst = await widthMs();
  await page.keyboard.press("+");
  await expect.poll(widthMs).toBeLessThan(atFirst * 0.9);
  const box = await player.timeline.boundingBox();
  if (box === null) throw new Error("The timeline is not on the page.");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, 240);
  await expect.poll(widthMs).toBeGreaterThan(atFirst * 0.9);
  await page.keyboard.press("PageUp");
  await expect(page.getByRole("button", { name: "Back to the playhead" })).toBeVisible();
  await page.getByRole("button", { name: "Back to the playhead" }).click();
  const middle = async () => {
    const span = await player.visibleSpan();
    return Math.abs((span.startMs + span.endMs) / 2 - (await player.state()).wallMs);
  };
  await expect.poll(middle).toBeLessThan(200);
  const wantedMs = startMs(2) + 10_000;
  const perMs = 1 / (await player.pixelMs());
  const [fromX, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(fromX, y);
  await page.mouse.down();
  await page.mouse.move(fromX + 10, y);
  await page.mouse.move(fromX + 10_000 * perMs, y, { steps: 5 });
  // The hand rests: the exact picture comes before the playhead is let go.
  const shown = await player.waitForPicture(wantedMs, 1500, ({ mark, wallMs }) => {
    return mark !== null && Math.abs(truth.difference(truth.numberAt(wallMs), mark.number)) <= 2;
  });
  await page.mouse.up();
  await player.waitForPicture(shown.wallMs, 1500, ({ mark }) => mark !== null);
});

test("speed, marks and time are in the address, and it opens the same again", async ({ page, context }) => {
  const player = await openPaused(page, startMs(1) + 5000);
  await page.keyboard.press("i");
  await page.keyboard.press("Shift+ArrowRight");
  await player.waitForPicture(startMs(1) + 15_000, 2500, ({ mark }) => mark !== null);
  await page.keyboard.press("o");
  await page.keyboard.press("<");
  const marked = page.getByRole("group", { name: "Marked" });
  await expect(marked).toContainText(/10\s*s/);
  await expect(page).toHaveURL(/speed=0\.5/);
  await expect(page).toHaveURL(/out=/);
  const { wallMs } = await player.state();
  const other = await context.newPage();
  await other.goto(page.url());
  const again = new Player(other);
  await again.waitForPicture(wallMs, 3000, ({ mark }) => mark !== null);
  await expect(other.getByLabel("Speed")).toHaveValue("0.5");
  await expect(other.getByRole("group", { name: "Marked" })).toContainText(/10\s*s/);
  await other.getByRole("button", { name: "Remove the marks" }).click();
  await expect(other).not.toHaveURL(/out=/);
});

test("who leaves Playback is not brought back by the address that follows the picture", async ({ page }) => {
  const { baseUrl } = sharedRecording();
  const [time, out] = [500, 10_500].map((ms) => new Date(startMs(0) + ms).toISOString());
  await signInPage(page, baseUrl);
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(/export-page/, async (route) => {
    await arrived;
    await route.continue();
  });
  const marked = new URLSearchParams({ camera: String(camera().id), time: `${time}`, in: `${time}`, out: `${out}` });
  await page.goto(`${baseUrl}/playback?${marked}`);
  const pause = page.getByRole("button", { name: "Pause" });
  await expect(pause).toBeVisible();
  await expect(page).toHaveURL(/zoom=/);
  // Playback goes when the next page has not come within a moment; until then it follows the picture, which is at rest soon.
  const link = page.getByRole("group", { name: "Marked" }).getByRole("link", { name: "Export" });
  await link.evaluate(
    (element, button) => {
      (element as HTMLElement).click();
      (button as HTMLElement | null)?.click();
    },
    await pause.elementHandle(),
  );
  await expect(page.getByRole("button", { name: /^(Pause|Play)$/ })).toHaveCount(0);
  arrive();
  await expect(page.getByTestId("estimate")).toContainText("of footage");
  await expect(page).toHaveURL(/\/export\?/);
});

test("the page is accessible, by keyboard alone too, on a desktop and on a phone", async ({ page }) => {
  const player = await openPaused(page, startMs(1) + 5000);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys on this page" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectAccessible(page);
  await tabTo(page, page.getByRole("button", { name: "Show Store beside" }));
  await page.keyboard.press("Enter");
  await expect(player.videos).toHaveCount(2);
  await expectAccessible(page);
  await page.keyboard.press("m");
  await expect(page.getByRole("button", { name: "Sound off" })).toBeVisible();
  await page.keyboard.press("f");
  await expect(page.getByRole("button", { name: "Leave full screen" })).toBeVisible();
  await page.keyboard.press("f");
  await page.setViewportSize(PHONE);
  await expect(page.getByRole("button", { name: "Choose a camera, Choose a day" })).toBeVisible();
  await expectAccessible(page);
  for (const name of ["Play", "One frame back", "One frame forward", "Previous segment", "Next segment"]) {
    const box = await page.getByRole("button", { name, exact: true }).boundingBox();
    expect(box?.width, name).toBeGreaterThanOrEqual(44);
    expect(box?.height, name).toBeGreaterThanOrEqual(44);
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= PHONE.width, name).toBe(true);
  }
});
