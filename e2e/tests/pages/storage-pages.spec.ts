// Setup › Storage and locking in Playback, by keyboard alone.
import type { Camera } from "@nightjar/api/camera";
import { lockRoutes, settingsRoutes } from "@nightjar/api/routes";
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "../../harness/axe.ts";
import { addCamera, listSegments } from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage, tabTo } from "../../harness/pages.ts";
import { waitFor } from "../../harness/wait.ts";

const CLOSED = 3;

let nightjar: Nightjar;
let camera: Camera;

test.beforeAll(async () => {
  nightjar = await startNightjar();
  const source = "pattern:clock?size=320x180&fps=10";
  camera = await addCamera(nightjar, source, { name: "Gate", time_zone: "UTC", recording: { segment_seconds: 10 } });
  await waitFor("some closed segments", async () => (await closed()).length >= CLOSED, {
    withinMs: 90_000,
    everyMs: 500,
    onTimeout: nightjar.logText,
  });
});

test.afterAll(async () => {
  await nightjar.stop();
});

const closed = async () => (await listSegments(nightjar, camera.id)).filter(({ state }) => state !== "open");
const locks = async () => (await nightjar.client(lockRoutes.list, { query: {} })).locks;

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, page.getByRole("button", { name, exact: true }).locator("visible=true"));
  await page.keyboard.press("Enter");
}

test("a marked span is locked, a limit that would delete says so first, and spares what is locked", async ({
  page,
}) => {
  const [first] = await closed();
  if (first === undefined) throw new Error("there is no segment");
  await signInPage(page, nightjar.baseUrl);
  const marks = new URLSearchParams({ camera: String(camera.id), time: first.start, in: first.start, out: first.end });
  await page.goto(`${nightjar.baseUrl}/playback?${marks}`);
  await expect(page.getByRole("button", { name: "Lock …" })).toBeVisible();
  await page.keyboard.press("l");
  const dialog = page.getByRole("dialog", { name: "Lock the marked span" });
  await expect(dialog.getByRole("textbox", { name: "Reason" })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type("Accident at the gate");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  expect(await locks()).toMatchObject([
    { camera_ids: [camera.id], start: first.start, end: first.end, reason: "Accident at the gate", expires_at: null },
  ]);

  await page.goto(`${nightjar.baseUrl}/setup/storage`);
  await expect(page.getByTestId("volume-recordings")).toContainText("Well");
  await expect(page.getByTestId(`use-${camera.id}`)).toContainText("Gate");
  await expect(page.getByRole("listitem").filter({ hasText: "Accident at the gate" })).toBeVisible();
  await expectAccessible(page);

  const limit = page.getByRole("textbox", { name: "All recordings may take" });
  await tabTo(page, limit);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("0.000001");
  const warning = page.getByRole("dialog", { name: "Footage would be deleted" });
  const ask = async () => {
    await press(page, "Save");
    await expect(warning).toContainText(/This change deletes \d+ segments?/);
    await expect(warning).toContainText("1 locked segment stays");
  };
  await ask();
  await expectAccessible(page);
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(warning).toBeHidden();
  expect((await nightjar.client(settingsRoutes.recording, {})).storage.max_storage_gb).toBe(0);
  expect((await closed()).length).toBeGreaterThanOrEqual(CLOSED);

  await ask();
  await press(page, "Save and delete");
  await expect(page.getByText("The limits were saved")).toBeVisible();
  const onlyLocked = async () => (await closed()).map(({ name }) => name).join() === first.name;
  await waitFor("all but the locked segment to go", onlyLocked, { withinMs: 20_000, everyMs: 250 });

  await press(page, "Remove the lock: Accident at the gate");
  await expect(page.getByRole("dialog", { name: "Remove this lock?" })).toContainText("can then be deleted again");
  await press(page, "Remove lock");
  await expect(page.getByText("Nothing is locked.")).toBeVisible();
  expect(await locks()).toEqual([]);
});

test("on a phone nothing of the page is wider than the screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signInPage(page, nightjar.baseUrl);
  await page.goto(`${nightjar.baseUrl}/setup/storage`);
  await expect(page.getByTestId(`use-${camera.id}`)).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});
