import type { Timeline } from "@nightjar/api/recording";
import { cameraRoutes, recordingRoutes } from "@nightjar/api/routes";
import { expect, type Page, test } from "@playwright/test";
import { addCamera } from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { makeSmallScene } from "../../rig/scene.ts";

const BEFORE_MS = 10_000;
const GAP_MS = 7000;
const AFTER_MS = 15_000;
const WITHIN_MS = 60_000;

let rig: RigCamera[];
let nightjar: Nightjar;
let cameraId: number;
/** Where the footage before the gap ends, and that after it begins. */
let [endsMs, beginsMs] = [0, 0];

test.beforeAll(async () => {
  test.setTimeout(240_000);
  rig = await startCameras([{ scene: await makeSmallScene() }]);
  nightjar = await startNightjar();
  cameraId = (await addCamera(nightjar, rig[0]?.url ?? "", { name: "Shed" })).id;
  const enable = (enabled: boolean) =>
    nightjar.client(cameraRoutes.update, { params: { id: cameraId }, body: { enabled } });
  await recordings((all) => lengthMs(all[0]) >= BEFORE_MS);
  await enable(false);
  await recordings((all) => Date.now() - Date.parse(all[0]?.end ?? "") >= GAP_MS);
  await enable(true);
  const [before, after] = await recordings((all) => lengthMs(all[1]) >= AFTER_MS);
  [endsMs, beginsMs] = [Date.parse(before?.end ?? ""), Date.parse(after?.start ?? "")];
});

test.afterAll(async () => {
  await nightjar.stop();
  await stopCameras(rig);
});

type Recording = Timeline["recordings"][number];

function lengthMs(recording: Recording | undefined): number {
  return recording === undefined ? 0 : Date.parse(recording.end) - Date.parse(recording.start);
}

function recordings(isSo: (all: readonly Recording[]) => boolean): Promise<readonly Recording[]> {
  const probe = async () => {
    const query = {
      camera_id: cameraId,
      start: new Date(Date.now() - 600_000).toISOString(),
      end: new Date().toISOString(),
    };
    const { recordings: all } = await nightjar.client(recordingRoutes.timeline, { query });
    return isSo(all) ? all : undefined;
  };
  return waitFor("the recordings", probe, { withinMs: WITHIN_MS, everyMs: 500, onTimeout: () => nightjar.logText() });
}

async function openAt(page: Page, ms: number): Promise<Player> {
  await signInPage(page, nightjar.baseUrl);
  const time = new Date(ms).toISOString();
  await page.goto(`${nightjar.baseUrl}/playback?camera=${cameraId}&time=${time}&zoom=60`);
  const player = new Player(page);
  await player.waitForPicture(ms, 4000, ({ mark }) => mark !== null);
  return player;
}

test("playback goes over a gap by itself and says so, and so does a click into it", async ({ page }) => {
  const player = await openAt(page, endsMs - 2500);
  const notice = page.getByTestId("player-notice");
  await expect(notice).toContainText("No footage at");
  await player.waitForPicture(beginsMs + 1000, 2500, ({ mark }) => mark !== null);
  await expect(notice).toBeEmpty({ timeout: 15_000 });
  await player.clickTime((endsMs + beginsMs) / 2);
  await expect(notice).toContainText("No footage at");
  await player.waitForPicture(beginsMs + 1000, 2500, ({ mark }) => mark !== null);
});

test("if gaps are not to be skipped the clock goes through them, without a picture", async ({ page }) => {
  const player = await openAt(page, endsMs - 4000);
  await page.getByRole("button", { name: "Skip gaps" }).click();
  const inGap = async () => {
    const { wallMs } = await player.state();
    return wallMs > endsMs + 500 && wallMs < beginsMs - 500;
  };
  await expect.poll(inGap, { intervals: [100] }).toBe(true);
  await expect(player.video).toHaveAttribute("data-absent", "true");
  await expect(player.video).toHaveAttribute("data-absent", "false", { timeout: 20_000 });
  await player.waitForPicture(beginsMs + 1500, 2500, ({ mark }) => mark !== null);
});
