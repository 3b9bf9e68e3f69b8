// Footage of two cameras goes to a real NAS that is killed for a while, and so is the server in the middle of moving: nothing is lost, the disk
// is emptied again, what lies on the NAS is what was recorded, and Chromium plays it from there.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Camera } from "@nightjar/api/camera";
import { alertRoutes, settingsRoutes, storageRoutes } from "@nightjar/api/routes";
import { expect, type Page, test } from "@playwright/test";
import { accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import { expectAccessible } from "../../harness/axe.ts";
import { addCamera, endRecording, listSegments } from "../../harness/footage-of.ts";
import { playHls } from "../../harness/hls-page.ts";
import { expectExported, expectOnShare, waitingSegments } from "../../harness/moved-footage.ts";
import { freePort, type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { watchPlaying } from "../../harness/player.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { SambaServer } from "../../rig/samba.ts";
import { makeScene, makeSmallScene, type Scene } from "../../rig/scene.ts";

/** `E2E_SHARE_MINUTES=10 npx playwright test …` records for so long, with the NAS away for two minutes of them. */
const MINUTES = Number(process.env.E2E_SHARE_MINUTES ?? 0);
const AWAY_MS = MINUTES > 0 ? 120_000 : 12_000;
const SEGMENT_SECONDS = 10;
const FOLDER = "cctv/house";
const MOVED_WITHIN_MS = 60_000;

let rig: RigCamera[] = [];
let scene: Scene;
let folder: string;
let samba: SambaServer;
let nightjar: Nightjar;

test.describe.configure({ timeout: 180_000 + 2 * MINUTES * 60_000 });
test.use({ bypassCSP: true });

test.beforeAll(async () => {
  const large = { id: 6, codec: "h264", width: 1280, height: 720, fps: 15, gopFrames: 30, seconds: 60 } as const;
  scene = MINUTES > 0 ? await makeScene({ ...large, audio: "none" }) : await makeSmallScene();
  rig = await startCameras([{ scene }, { scene }]);
  folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-share-"));
  samba = await SambaServer.make(join(folder, "nas"), await freePort());
  await samba.start();
  nightjar = await startNightjar({ dataFolder: join(folder, "data") });
});

test.afterAll(async () => {
  await nightjar?.stop();
  await samba?.kill();
  await stopCameras(rig);
  await rm(folder, { recursive: true, force: true });
});

const shared = (cameraId: number, name = "") => join(samba.files, FOLDER, String(cameraId), name);
const waiting = (cameraId: number) => waitingSegments(nightjar, cameraId);
const moved = async ({ id }: Camera) => (await listSegments(nightjar, id)).filter((one) => one.on_share);

async function waitForMoves(cameras: readonly Camera[], count: number): Promise<void> {
  const enough = async () =>
    (await Promise.all(cameras.map(moved))).every((segments) => segments.length >= count) || undefined;
  await waitFor(`${count} segments of each camera on the NAS`, enough, {
    ...{ withinMs: MOVED_WITHIN_MS + MINUTES * 60_000, everyMs: 500 },
    onTimeout: () => nightjar.logText(),
  });
}

async function openAlerts(): Promise<string[]> {
  const { alerts } = await nightjar.client(alertRoutes.list, { query: { open: "true" } });
  return alerts.map(({ kind }) => kind);
}

/** As a person does it: fills in the share, tries a wrong password and the right one, and saves. */
async function setUp(page: Page): Promise<void> {
  const { host, port, share, username, password } = samba.nas;
  await page.goto(`${nightjar.baseUrl}/setup/storage`);
  const section = page.getByRole("region", { name: "Network share" });
  await section.getByText("NAS (SMB)", { exact: true }).click();
  const fill = (label: string, text: string) => section.getByLabel(label, { exact: true }).fill(text);
  await fill("Host", host);
  await fill("Port", String(port));
  await fill("Share", share);
  await fill("Folder", FOLDER);
  await fill("User name", username);
  await fill("Password", "guessed");
  const test = section.getByRole("button", { name: "Test connection" });
  await test.click();
  await expect(section.getByRole("alert")).toContainText("User name or password is wrong");
  await fill("Password", password);
  await test.click();
  await expect(section.getByText("The share works")).toBeVisible();
  await expectAccessible(page);
  await section.getByRole("button", { name: "Save share" }).click();
  await expect(page.getByText("The share was saved")).toBeVisible();
  await expect(section.getByTestId("share-state")).toContainText(`//${host}/${share}/${FOLDER}`);
}

test("footage goes to the NAS over its outage and a kill of the server, whole, and plays from there", async ({
  page,
}) => {
  const { password, ...place } = samba.nas;
  await signInPage(page, nightjar.baseUrl);
  await setUp(page);
  const { storage } = await nightjar.client(settingsRoutes.recording, {});
  expect(storage).toMatchObject({ type: "nas", nas: { ...place, path: FOLDER, has_password: true } });
  const cameras: Camera[] = [];
  for (const [i, { url }] of rig.entries())
    cameras.push(
      await addCamera(nightjar, url, { name: `Camera ${i + 1}`, recording: { segment_seconds: SEGMENT_SECONDS } }),
    );
  const startedMs = Date.now();
  await waitForMoves(cameras, MINUTES > 0 ? MINUTES * 2 : 1);

  await samba.kill();
  const killedMs = Date.now();
  await waitFor("the alert", async () => (await openAlerts()).includes("share_unavailable") || undefined, {
    ...{ withinMs: 60_000, everyMs: 500, onTimeout: () => nightjar.logText() },
  });
  const away = await nightjar.client(storageRoutes.state, {});
  expect(away.share?.problem?.kind).toMatch(/refused|no_answer/);
  await waitFor("the outage to end", async () => Date.now() - killedMs >= AWAY_MS || undefined, {
    withinMs: AWAY_MS + 5000,
  });
  for (const { id } of cameras) expect((await waiting(id)).length).toBeGreaterThan(1);
  const before = (await Promise.all(cameras.map(moved))).map((segments) => segments.length);
  await samba.start();
  const backMs = Date.now();
  await waitFor(
    "moving to go on",
    async () => (await moved(cameras[0] as Camera)).length > (before[0] ?? 0) || undefined,
    {
      ...{ withinMs: MOVED_WITHIN_MS + 30_000, everyMs: 20, onTimeout: () => nightjar.logText() },
    },
  );
  // In the middle of it, as a crash would; the workers go on.
  await nightjar.kill();
  nightjar = await startNightjar({ dataFolder: join(folder, "data") });
  const drained = async () =>
    (await Promise.all(cameras.map(({ id }) => waiting(id)))).every((one) => one.length <= 2) || undefined;
  await waitFor("all that waited to be moved", drained, {
    withinMs: 120_000,
    everyMs: 200,
    onTimeout: () => nightjar.logText(),
  });
  const drainedMs = Date.now();
  await waitFor("the alert to close", async () => !(await openAlerts()).includes("share_unavailable") || undefined, {
    ...{ withinMs: 90_000, everyMs: 500 },
  });
  const restMs = MINUTES * 60_000 - (Date.now() - startedMs);
  if (restMs > 0)
    await waitFor("the time to pass", async () => Date.now() - startedMs >= MINUTES * 60_000 || undefined, {
      withinMs: restMs + 5000,
    });

  for (const camera of cameras) {
    const account = await accountOf(nightjar, camera);
    expect(accountingFaults(account, camera), describeAccount(account)).toEqual([]);
    expect(account.map(({ what }) => what)).not.toContain("unknown");
    await endRecording(nightjar, camera.id);
  }
  const left = async () => (await Promise.all(cameras.map(({ id }) => waiting(id)))).flat();
  await waitFor("the disk to be empty", async () => (await left()).length === 0 || undefined, {
    ...{ withinMs: 90_000, everyMs: 500, onTimeout: () => nightjar.logText() },
  });
  let bytes = 0;
  let count = 0;
  for (const { id } of cameras) {
    const segments = await listSegments(nightjar, id);
    const there = (await readdir(shared(id))).filter((name) => name.endsWith(".mp4")).sort();
    expect(there).toEqual(segments.map(({ name }) => name));
    bytes += await expectOnShare({ nightjar, scene }, segments, (one) => shared(one.camera_id, one.name));
    count += segments.length;
  }
  const [camera] = cameras;
  const [first, ...others] = await listSegments(nightjar, camera?.id ?? 0);
  const query = new URLSearchParams({
    camera_id: String(camera?.id),
    start: first?.start ?? "",
    end: others.at(-1)?.end ?? "",
  });
  const player = await playHls(page, nightjar.baseUrl, `/api/recordings/playlist.m3u8?${query}`);
  await watchPlaying(player.video, 5);
  expect(await player.fatalErrors()).toEqual([]);
  await expectExported({ nightjar, scene }, camera?.id ?? 0, {
    start: first?.start ?? "",
    end: others.at(1)?.end ?? "",
  });
  expect(nightjar.logText()).not.toContain(password);
  if (MINUTES > 0)
    console.log(
      `${MINUTES} minutes, ${count} segments, ${Math.round(bytes / 1e6)} MB on the NAS; away for ${(backMs - killedMs) / 1000} s, caught up ${(drainedMs - backMs) / 1000} s later.`,
    );
});
