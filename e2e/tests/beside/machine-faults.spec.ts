import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlertKind } from "@nightjar/api/alert";
import { alertRoutes, cameraRoutes, systemRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { addCamera, waitForStatus, waitUntilRecording } from "../../harness/footage-of.ts";
import { freePort, type Nightjar, startAndExpectEnd, startNightjar } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { waitFor } from "../../harness/wait.ts";
import { startCameras, stopCameras } from "../../rig/cameras.ts";
import { makeSmallScene } from "../../rig/scene.ts";

function openAlert(nightjar: Nightjar, kind: AlertKind) {
  const probe = async () => {
    const { alerts } = await nightjar.client(alertRoutes.list, { query: { open: "true" } });
    return alerts.find((alert) => alert.kind === kind);
  };
  return waitFor(`the alert ${kind}`, probe, { withinMs: 45_000, everyMs: 250, onTimeout: nightjar.logText });
}

test("a port that is taken ends the start with a message that names it and the setting", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  try {
    const { exitCode, log } = await startAndExpectEnd({ port });
    expect(exitCode).not.toBe(0);
    expect(log).toContain(String(port));
    expect(log).toMatch(/NIGHTJAR_PORT|--port/);
    expect(log).not.toMatch(/\n\s+at .*:\d+:\d+/);
  } finally {
    other.close();
  }
});

for (const [what, environment, says] of [
  ["a malformed port", { NIGHTJAR_PORT: "eighty" }, /NIGHTJAR_PORT.*"eighty".*number/],
  ["a port out of range", { NIGHTJAR_PORT: "70000" }, /NIGHTJAR_PORT.*between 1 and 65535/],
  ["a setting that does not exist", { NIGHTJAR_PROT: "8470" }, /NIGHTJAR_PROT.*is not a setting/],
  ["a too short password", { NIGHTJAR_ADMIN_PASSWORD: "short" }, /NIGHTJAR_ADMIN_PASSWORD.*10 characters/],
  ["a malformed database URL", { NIGHTJAR_DATABASE_URL: "mysql://x" }, /NIGHTJAR_DATABASE_URL.*postgres:/],
] as const) {
  test(`${what} ends the start with a message that names the setting, its source and what would be right`, async () => {
    const { exitCode, log } = await startAndExpectEnd({ environment });
    expect(exitCode).not.toBe(0);
    expect(log).toMatch(says);
    expect(log).toContain("environment");
    expect(log).not.toMatch(/\n\s+at .*:\d+:\d+/);
    expect(log).not.toMatch(/"short"|mysql:\/\/x/);
  });
}

test("a data folder that cannot be made ends the start with a message that names it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-"));
  const dataFolder = join(folder, "a-file");
  await writeFile(dataFolder, "");
  const { exitCode, log } = await startAndExpectEnd({ dataFolder });
  expect(exitCode).not.toBe(0);
  expect(log).toContain(dataFolder);
  expect(log).not.toMatch(/\n\s+at .*:\d+:\d+/);
  await rm(folder, { recursive: true });
});

test("without ffmpeg the server starts, and says on API, page and in the log that it is missing", async ({ page }) => {
  const nightjar = await startNightjar({ environment: { NIGHTJAR_FFMPEG: "/no/such/folder/ffmpeg" } });
  try {
    const url = "rtsp://127.0.0.1:1/main";
    const { id } = await addCamera(nightjar, url);
    const alert = await openAlert(nightjar, "ffmpeg_missing");
    expect(alert.message).toContain("/no/such/folder/ffmpeg");
    expect(alert.action).toMatch(/install|NIGHTJAR_FFMPEG/i);
    await waitForStatus(nightjar, id, "to say that ffmpeg is missing", (one) => /ffmpeg/i.test(one.last_error ?? ""));
    const probe = nightjar.client(cameraRoutes.probe, { body: { url } });
    await expect(probe).rejects.toMatchObject({ code: "ffmpeg_missing", status: 503 });
    const health = await nightjar.client(systemRoutes.health, {});
    expect(health.status).toBe("degraded");
    expect(nightjar.logText()).toContain("/no/such/folder/ffmpeg");
    await signInPage(page, nightjar.baseUrl);
    await page.goto(`${nightjar.baseUrl}/setup/devices`);
    await page.getByRole("button", { name: /open alert/ }).click();
    await expect(page.getByText(alert.message)).toBeVisible();
    await expect(page.getByText(alert.action)).toBeVisible();
  } finally {
    await nightjar.stop();
  }
});

test("a recordings folder that cannot be written is an alert that names it, and recording begins when it can", async ({
  page,
}) => {
  const cameras = await startCameras([{ scene: await makeSmallScene() }]);
  const nightjar = await startNightjar();
  try {
    // As root a folder's mode keeps nobody from writing; a file in the folder's place does.
    const inTheWay = join(nightjar.dataFolder, "recordings", "1");
    await rm(inTheWay, { recursive: true, force: true });
    await writeFile(inTheWay, "");
    const { id } = await addCamera(nightjar, cameras[0]?.url ?? "");
    expect(id).toBe(1);
    const alert = await openAlert(nightjar, "storage_unwritable");
    expect(`${alert.message} ${alert.action}`).toContain(join("recordings", "1"));
    await waitForStatus(nightjar, id, "not to record", (status) => !status.recording && status.last_error !== null);
    expect(nightjar.logText()).toContain(inTheWay);
    await signInPage(page, nightjar.baseUrl);
    await page.goto(`${nightjar.baseUrl}/setup/devices`);
    await page.getByRole("button", { name: /open alert/ }).click();
    await expect(page.getByText(alert.message)).toBeVisible();
    await expect(page.getByText(alert.action)).toBeVisible();
    await rm(inTheWay);
    await waitForStatus(nightjar, id, "to record", (status) => status.recording, 60_000);
    await waitUntilRecording(nightjar, id);
  } finally {
    await nightjar.stop();
    await stopCameras(cameras);
  }
});
