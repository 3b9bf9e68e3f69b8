import { cameraRoutes, recordingRoutes, scheduleRoutes } from "@nightjar/api/routes";
import { Weekday } from "@nightjar/api/schedule";
import { expect, type Page, test } from "@playwright/test";
import { addCamera, cameraStatus } from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { chooseByKeyboard, signInPage, tabTo } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { waitFor } from "../../harness/wait.ts";

const RECORDING_WITHIN_MS = 20_000;
const MINUTE_MS = 60_000;
const INTO_GAP_MS = 2000;

let nightjar: Nightjar;

test.beforeAll(async () => {
  nightjar = await startNightjar();
});

test.afterAll(async () => {
  await nightjar.stop();
});

async function recordedCamera(name: string): Promise<number> {
  const { id } = await addCamera(nightjar, "pattern:clock?size=320x180&fps=10", { name, time_zone: "UTC" });
  await waitFor("the camera to record", async () => (await cameraStatus(nightjar, id)).recording, {
    withinMs: RECORDING_WITHIN_MS,
    onTimeout: () => nightjar.logText(),
  });
  return id;
}

async function open(page: Page, path: string): Promise<void> {
  await signInPage(page, nightjar.baseUrl);
  await page.goto(nightjar.baseUrl + path);
}

const save = async (page: Page) => {
  await tabTo(page, page.getByRole("button", { name: "Save" }).locator("visible=true"));
  await page.keyboard.press("Enter");
};

test("by keyboard alone a schedule is painted and given to a camera, and the camera's state follows", async ({
  page,
}) => {
  const id = await recordedCamera("Gate");
  // Not today, so that the camera has nothing to record at first; nor a neighbour, should midnight come.
  const day = (new Date().getUTCDay() + 2) % 7;
  await open(page, "/setup/schedules");
  await tabTo(page, page.getByRole("link", { name: "Make a schedule" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("textbox", { name: "Name" }));
  await page.keyboard.type("Mornings");
  await tabTo(page, page.getByRole("gridcell", { name: "Monday 08:00" }));
  for (let down = 0; down < day; down += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Space");
  await expect(page.getByRole("textbox", { name: "From" })).toHaveValue("08:00");
  await expect(page.getByRole("textbox", { name: "To" })).toHaveValue("09:00");
  await save(page);
  const row = page.getByTestId("schedule-1");
  await expect(row).toContainText("Mornings");
  const windows = async () => (await nightjar.client(scheduleRoutes.get, { params: { id: 1 } })).windows;
  expect(await windows()).toEqual([{ days: [Weekday.options[day]], start: "08:00", end: "09:00", mode: "continuous" }]);

  await open(page, `/setup/devices/${id}?tab=recording`);
  await chooseByKeyboard(page, page.getByRole("combobox", { name: "Mode" }), "Scheduled");
  await chooseByKeyboard(page, page.getByRole("combobox", { name: "Schedule" }), "Mornings");
  await save(page);
  await open(page, "/setup/devices");
  const camera = page.getByTestId(`camera-${id}`);
  await expect(camera).toContainText("Not recording: outside its schedule");

  await open(page, "/setup/schedules");
  await expect(row).toContainText("Gate");
  await tabTo(page, row.getByRole("link", { name: "Edit Mornings" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("gridcell", { name: "Monday 08:00" }));
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  for (let down = 0; down < 6; down += 1) await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Space");
  await save(page);
  await expect(page).toHaveURL(/schedules$/);
  expect(await windows()).toEqual([{ days: Weekday.options, start: "00:00", end: "24:00", mode: "continuous" }]);
  await open(page, "/setup/devices");
  await expect(camera).toContainText("Recording · Scheduled");
});

test("by keyboard alone a camera is recorded by hand, and no longer", async ({ page }) => {
  const id = await recordedCamera("Yard");
  await nightjar.client(cameraRoutes.update, { params: { id }, body: { recording: { mode: "disabled" } } });
  await open(page, "/setup/devices");
  const camera = page.getByTestId(`camera-${id}`);
  await expect(camera).toContainText("Not recording: only by hand");
  const menu = camera.getByRole("button", { name: "Record Yard by hand" });
  const take = async (item: string) => {
    await tabTo(page, menu);
    await page.keyboard.press("Enter");
    const wanted = page.getByRole("menuitem", { name: item, exact: true });
    await expect(wanted).toBeVisible();
    await expect(async () => {
      if (!(await wanted.evaluate((element) => element === document.activeElement))) {
        await page.keyboard.press("ArrowDown");
      }
      await expect(wanted).toBeFocused({ timeout: 200 });
    }).toPass();
    await page.keyboard.press("Enter");
  };
  await take("Start recording");
  await expect(camera).toContainText("Recording · Manual");
  await expect(page.getByText("Yard is recorded by hand")).toBeVisible();
  await take("Stop recording by hand");
  await expect(camera).toContainText("Not recording: only by hand");
  const status = await cameraStatus(nightjar, id);
  expect(status).toMatchObject({ recording: false, connection: "connected" });
});

test("a camera shows which settings it inherits, keeps its own when the defaults change, and inherits again", async ({
  page,
}) => {
  const id = await recordedCamera("Hall");
  await open(page, `/setup/devices/${id}?tab=recording`);
  const days = page.getByRole("textbox", { name: "Keep footage for" });
  const length = page.getByRole("textbox", { name: "Length of a segment" });
  await expect(days).toHaveValue("30 days");
  await expect(days).toHaveAccessibleDescription(/Inherited from Setup › Recording/);
  await days.fill("7");
  await save(page);
  await expect(page.getByText("Hall was saved")).toBeVisible();

  await open(page, "/setup/recording");
  await expect(page.getByRole("textbox", { name: "Keep footage for" })).toHaveAccessibleDescription(
    /Inherited by 2 cameras of 3/,
  );
  await page.getByRole("textbox", { name: "Keep footage for" }).fill("14");
  await page.getByRole("textbox", { name: "Length of a segment" }).fill("300");
  await save(page);
  await expect(page.getByText("The defaults were saved")).toBeVisible();

  await open(page, `/setup/devices/${id}?tab=recording`);
  await expect(days).toHaveValue("7 days");
  await expect(days).toHaveAccessibleDescription(/Own value; Setup › Recording says: 14 days/);
  await expect(length).toHaveValue("300 s");
  await tabTo(page, page.getByRole("button", { name: "Inherit again: Keep footage for" }));
  await page.keyboard.press("Enter");
  await expect(days).toHaveValue("14 days");
  await save(page);
  await expect(page.getByText("Hall was saved")).toBeVisible();
  const { recording, effective } = await nightjar.client(cameraRoutes.get, { params: { id } });
  expect(recording).toEqual({});
  expect(effective.recording).toMatchObject({ retention_days: 14, segment_seconds: 300 });
});

test("several cameras get a mode at once, after the page has said what will change", async ({ page }) => {
  const ids = [await recordedCamera("Roof 1"), await recordedCamera("Roof 2")];
  await open(page, "/setup/devices");
  for (const name of ["Roof 1", "Roof 2"]) {
    await tabTo(page, page.getByRole("checkbox", { name: `Select ${name}` }));
    await page.keyboard.press("Space");
  }
  await page.getByRole("button", { name: "Set mode" }).click();
  const dialog = page.getByRole("dialog");
  await chooseByKeyboard(page, dialog.getByRole("combobox", { name: "Mode" }), "Motion");
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText(
    "Continuous, inherited → Motion",
  );
  await tabTo(page, dialog.getByRole("button", { name: "Apply" }));
  await page.keyboard.press("Enter");
  for (const id of ids) {
    await expect(page.getByTestId(`camera-${id}`)).toContainText("Not recording: waiting for motion");
  }
});

test("a click where there is no footage says why, and whether the way to the disk is clear", async ({ page }) => {
  const id = await recordedCamera("Shed");
  await nightjar.client(cameraRoutes.update, { params: { id }, body: { recording: { mode: "disabled" } } });
  const gap = await waitFor(
    "the ledger to tell of the mode",
    async () => {
      const span = { start: new Date(Date.now() - MINUTE_MS).toISOString(), end: new Date().toISOString() };
      const { gaps } = await nightjar.client(recordingRoutes.timeline, { query: { camera_id: id, ...span } });
      const told = gaps.find((one) => one.cause === "mode_disabled");
      return told !== undefined && Date.parse(told.end) - Date.parse(told.start) > 2 * INTO_GAP_MS ? told : undefined;
    },
    { withinMs: RECORDING_WITHIN_MS, onTimeout: () => nightjar.logText() },
  );
  expect(gap.wanted).toBe(false);
  await open(page, `/playback?camera=${id}&zoom=60`);
  const player = new Player(page);
  await expect(player.video).toHaveAttribute("data-phase", "at-newest");
  await player.clickTime(Date.parse(gap.start) + INTO_GAP_MS);
  const dialog = page.getByRole("dialog", { name: "Why is there no footage?" });
  await expect(dialog.getByTestId("why-answer")).toContainText("its mode is disabled");
  await expect(dialog).toContainText("There is no later footage.");
  await expect(dialog.getByRole("listitem").filter({ hasText: "Connection" })).toContainText("the camera is connected");
});
