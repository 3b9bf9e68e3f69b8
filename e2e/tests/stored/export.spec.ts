import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Export, InstallationKey } from "@nightjar/api/export";
import type { Segment } from "@nightjar/api/recording";
import { cameraRoutes, exportRoutes, systemRoutes, tokenRoutes } from "@nightjar/api/routes";
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "../../harness/axe.ts";
import { findChanges } from "../../harness/changed-bytes.ts";
import { addCamera, endRecording, listSegments, waitForFootage } from "../../harness/footage-of.ts";
import { type FrameTruth, frameTruth } from "../../harness/frame-truth.ts";
import { freePort, type Nightjar, runNightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage, tabTo } from "../../harness/pages.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, probeTracks, readFrameMarks } from "../../rig/footage.ts";
import { readWithMediabunny } from "../../rig/mediabunny.ts";
import { readPicture } from "../../rig/picture.ts";
import { makeScene } from "../../rig/scene.ts";
import { runTool } from "../../rig/tool.ts";

/** Three segments, then nothing for so long, then two more. */
const BEFORE_GAP_SECONDS = 24;
const GAP_SECONDS = 20;
const AFTER_GAP_SECONDS = 13;
const SIZE = { codec: "h264", width: 320, height: 184, fps: 10, gopFrames: 20, seconds: 120 } as const;

const ROUNDING_MS = 1;
/** Single bytes that are changed in an export, one after the other. */
const CHANGES = 200;
const CHANGES_SEED = 20_260_409;

let folder: string;
let nightjar: Nightjar;
let rig: RigCamera[] = [];
const cameraIds: number[] = [];
/** Of the first camera, before the gap. */
let segments: Segment[] = [];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-export-"));
  await waitingFfmpeg(join(folder, "bin"));
  rig = await startCameras([
    { scene: await makeScene({ ...SIZE, id: 4, audio: "aac" }) },
    { scene: await makeScene({ ...SIZE, id: 6, audio: "none" }) },
  ]);
  await start();
  const settings = { recording: { segment_seconds: 10 }, audio: { enabled: true, codec: "auto" } } as const;
  for (const [i, { url }] of rig.entries())
    cameraIds.push((await addCamera(nightjar, url, { name: `Camera ${i + 1}`, ...settings })).id);
  await Promise.all(cameraIds.map((id) => waitForFootage(nightjar, id, BEFORE_GAP_SECONDS)));
  [segments = []] = await Promise.all(cameraIds.map((id) => endRecording(nightjar, id)));
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
  await rm(folder, { recursive: true, force: true });
});

/** A ffmpeg that makes no export as long as the file `hold` lies beside it: so that there is a middle to be killed in. */
async function waitingFfmpeg(bin: string): Promise<void> {
  await mkdir(bin);
  const path = async (name: string) => (await runTool("sh", ["-c", `command -v ${name}`])).stdout.toString().trim();
  const hold = join(bin, "hold");
  const script = `case "$*" in *list.ffconcat*) while [ -e '${hold}' ]; do sleep 0.1; done ;; esac`;
  await writeFile(join(bin, "ffmpeg"), `#!/bin/sh\n${script}\nexec ${await path("ffmpeg")} "$@"\n`);
  await chmod(join(bin, "ffmpeg"), 0o755);
  await symlink(await path("ffprobe"), join(bin, "ffprobe"));
}

async function start(): Promise<void> {
  const environment = { NIGHTJAR_FFMPEG: join(folder, "bin/ffmpeg") };
  nightjar = await startNightjar({ dataFolder: join(folder, "data"), port: await freePort(), environment });
}

/** From the middle of the first segment to shortly before the gap. */
function span(): { start: string; end: string } {
  const at = (ms: number) => new Date(ms).toISOString();
  const startMs = Date.parse(segments[0]?.start ?? "") + 3050;
  return { start: at(startMs), end: at(startMs + (BEFORE_GAP_SECONDS - 6) * 1000) };
}

/** The gap has been going on since the tests began; then footage again. Answers all segments of each camera, closed. */
async function recordBehindGap(): Promise<Segment[][]> {
  const gapEndsMs = Math.max(...(await Promise.all(cameraIds.map(lastEndMs)))) + GAP_SECONDS * 1000;
  await waitFor("the gap to be long enough", () => Date.now() > gapEndsMs, { withinMs: GAP_SECONDS * 1500 });
  for (const id of cameraIds) await nightjar.client(cameraRoutes.update, { params: { id }, body: { enabled: true } });
  const seconds = BEFORE_GAP_SECONDS + AFTER_GAP_SECONDS + 1;
  await Promise.all(cameraIds.map((id) => waitForFootage(nightjar, id, seconds)));
  return Promise.all(cameraIds.map((id) => endRecording(nightjar, id)));
}

async function lastEndMs(cameraId: number): Promise<number> {
  return Date.parse((await listSegments(nightjar, cameraId)).at(-1)?.end ?? "");
}

async function ended(id: string): Promise<Export> {
  const probe = async () => {
    const made = await nightjar.client(exportRoutes.get, { params: { id } });
    return made.status === "queued" || made.status === "running" ? undefined : made;
  };
  return waitFor(`export ${id} to end`, probe, { withinMs: 30_000, everyMs: 200, onTimeout: nightjar.logText });
}

const inFolder = (made: Export, name = "") => join(nightjar.dataFolder, "exports", made.export_id, name);

/** Plays a file of the export in the browser, whole, and looks at its first and its last picture. */
async function expectPlayed(
  page: Page,
  url: string,
  first: number | undefined,
  last: number | undefined,
): Promise<void> {
  const shown = async () => (await readPicture(page.getByTestId("exported"))).mark?.number;
  await page.evaluate(async (address) => {
    const file = await (await fetch(address)).blob();
    document.body.innerHTML = '<video data-testid="exported" muted></video>';
    const video = document.querySelector("video") as HTMLVideoElement;
    await new Promise((resolve, reject) => {
      video.onerror = () => reject(new Error(video.error?.message));
      video.onloadeddata = resolve;
      video.src = URL.createObjectURL(file);
    });
  }, url);
  await expect.poll(shown).toBe(first);
  await page.evaluate(async () => {
    const video = document.querySelector("video") as HTMLVideoElement;
    video.playbackRate = 16;
    await new Promise((resolve, reject) => {
      video.onerror = () => reject(new Error(video.error?.message));
      video.onended = resolve;
      void video.play();
    });
    // So fast it may leave out pictures.
    video.currentTime = video.duration - 0.04;
  });
  await expect.poll(shown).toBe(last);
}

test("the lines of the API's page work as they stand, with a token that may do nothing else", async () => {
  const { baseUrl, client } = nightjar;
  const token = async (permission: "recordings.export" | "recordings.view") =>
    (await client(tokenRoutes.create, { body: { name: "script", permissions: [permission] } })).token;
  const [may, mayNot] = [await token("recordings.export"), await token("recordings.view")];
  const body = JSON.stringify({ camera_ids: cameraIds, ...span(), format: "mp4", with_audio: true });
  const post = (bearer: string) => {
    const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
    return fetch(`${baseUrl}/api/recordings/export`, { method: "POST", headers, body });
  };
  expect((await post(mayNot)).status).toBe(403);
  const started = await post(may);
  expect(started.status).toBe(202);
  const { export_id: id, status_url: url } = (await started.json()) as { export_id: string; status_url: string };
  const get = (address: string, headers: Record<string, string> = {}) =>
    fetch(baseUrl + address, { headers: { authorization: `Bearer ${may}`, ...headers } });
  const made = await waitFor(
    "the export to be ready",
    async () => {
      const now = (await (await get(url)).json()) as Export;
      expect(now.status, now.error ?? "").toMatch(/^(queued|running|ready)$/);
      return now.status === "ready" ? now : undefined;
    },
    { withinMs: 30_000 },
  );
  expect(made.files.map((file) => file.name)).toEqual(cameraIds.map((camera) => `${id}_cam${camera}.mp4`));
  for (const file of made.files) {
    const whole = await readFile(inFolder(made, file.name));
    const first = Buffer.from(await (await get(file.url, { range: "bytes=0-999" })).arrayBuffer());
    const rest = await get(file.url, { range: "bytes=1000-" });
    expect(rest.status).toBe(206);
    expect(rest.headers.get("content-disposition")).toBe(`attachment; filename="${file.name}"`);
    expect(Buffer.concat([first, Buffer.from(await rest.arrayBuffer())]).equals(whole)).toBe(true);
  }
});

test("a server that is killed while it makes an export makes it ready after its restart, and leaves no debris", async () => {
  const hold = join(folder, "bin/hold");
  await writeFile(hold, "");
  const { export_id: id } = await startedExport({ camera_ids: cameraIds, ...span() });
  const exports = join(nightjar.dataFolder, "exports");
  const isInTheMiddle = () => existsSync(join(exports, `${id}.part`, `cam${cameraIds[0]}`, "list.ffconcat"));
  await waitFor("the middle of the export", isInTheMiddle, { withinMs: 20_000 });
  expect((await nightjar.client(exportRoutes.get, { params: { id } })).status).toBe("running");
  const { export_id: unwanted } = await startedExport({ camera_ids: cameraIds, ...span() });
  await waitFor("another one beside it", () => existsSync(join(exports, `${unwanted}.part`)), { withinMs: 20_000 });
  expect((await nightjar.client(exportRoutes.cancel, { params: { id: unwanted } })).status).toBe("cancelled");
  expect(existsSync(join(exports, `${unwanted}.part`))).toBe(false);
  await nightjar.kill();
  await rm(hold);
  await start();
  const made = await ended(id);
  expect(made).toMatchObject({ status: "ready", error: null });
  for (const [i, file] of made.files.entries()) {
    const scene = rig[i]?.scene ?? { id: -1, frames: 0 };
    expect(findFrameFaults(await readFrameMarks(inFolder(made, file.name)), scene).places).toEqual([]);
  }
  const known = (await nightjar.client(exportRoutes.list, { query: {} })).exports
    .filter((one) => one.status === "ready")
    .map((one) => one.export_id);
  expect((await readdir(exports)).sort()).toEqual([".nightjar-volume", ...known].sort());
  expect((await readdir(inFolder(made))).sort()).toEqual(
    [...made.files.map((file) => file.name), "manifest.json", "verify.html"].sort(),
  );
});

test("what is marked in Playback is exported, looked at and removed by keyboard alone; a failure says why and what to do", async ({
  page,
}) => {
  const [camera = 0, beside = 0] = cameraIds;
  const { start, end } = span();
  await signInPage(page, nightjar.baseUrl);
  const marked = new URLSearchParams({ camera: String(camera), with: `[${beside}]`, time: start, in: start, out: end });
  await page.goto(`${nightjar.baseUrl}/playback?${marked}`);
  await tabTo(page, page.getByRole("group", { name: "Marked" }).getByRole("link", { name: "Export" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/export\?/);
  for (const i of [1, 2]) await expect(page.getByText(`Camera ${i}`, { exact: true }).first()).toBeVisible();
  await expect(page.getByTestId("estimate")).toContainText("of footage");
  await expect(page.getByTestId("estimate")).toContainText("Copied, not encoded");
  await expect(page.getByTestId("fingerprint")).toHaveText(/^[0-9a-f]{64}$/);
  await expectAccessible(page);
  await tabTo(page, page.getByRole("button", { name: "Export", exact: true }));
  await page.keyboard.press("Enter");
  // By the event stream: nothing asks again.
  const job = page.locator('[data-testid^="export-"]').first();
  await expect(job).toHaveAttribute("data-status", "ready");
  const id = (await job.getAttribute("data-testid"))?.replace("export-", "") ?? "";
  const { request } = await nightjar.client(exportRoutes.get, { params: { id } });
  expect(request).toMatchObject({ camera_ids: [camera, beside], start, end, with_audio: true });
  await expect(job.getByRole("link", { name: "Camera 1" })).toHaveAttribute("href", /_cam\d+\.mp4$/);
  const long = new Date(Date.parse(start) - 7_200_000).toISOString();
  await startedExport({ camera_ids: [camera], start: long, end: new Date(Date.parse(long) + 60_000).toISOString() });
  const failed = page.locator('[data-status="failed"]');
  await expect(failed).toContainText("There is no footage of Camera 1 in this span");
  await expect(failed.getByRole("button", { name: /^Try the export of .* again$/ })).toBeVisible();
  await expectAccessible(page);
  await tabTo(page, failed.getByRole("link", { name: "Change and ask again" }));
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("estimate")).toContainText("There is no footage of these cameras in this span");
  const made = page.getByTestId(`export-${id}`);
  await tabTo(page, made.getByRole("button", { name: /^Delete the export of/ }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Delete export" }));
  await page.keyboard.press("Enter");
  await expect(made).toHaveCount(0);
});

test("the files of five segments and a gap hold every asked picture, and play in the browser from the first to the last", async ({
  page,
}) => {
  const recorded = await recordBehindGap();
  const { start } = span();
  const end = new Date(Math.min(...recorded.map((own) => Date.parse(own.at(-1)?.end ?? ""))) - 1550).toISOString();
  const body = { camera_ids: cameraIds, start, end };
  const [made, silent] = await Promise.all(
    [body, { ...body, with_audio: false }].map(async (one) => ended((await startedExport(one)).export_id)),
  );
  expect([made?.error, silent?.error]).toEqual([null, null]);
  await signInPage(page, nightjar.baseUrl);
  await page.goto(`${nightjar.baseUrl}/export`);
  for (const [i, own] of recorded.entries()) {
    const scene = rig[i]?.scene;
    const file = made?.files[i];
    const silentFile = silent?.files[i];
    if (
      scene === undefined ||
      made === undefined ||
      file === undefined ||
      silent === undefined ||
      silentFile === undefined
    )
      throw new Error("no such file");
    const truth = await frameTruth(nightjar, scene, own);
    const path = inFolder(made, file.name);
    const numbers = (await readFrameMarks(path)).map((mark) => mark?.number ?? -1);
    expect(shownAt(truth, Date.parse(start))).toContain(numbers[0]);
    expect(shownAt(truth, Date.parse(end) - 1)).toContain(numbers.at(-1));
    // Every picture from there to there, and only at the gap one that is not the next.
    const jumps = numbers.flatMap((number, at) =>
      at > 0 && truth.difference(numbers[at - 1] ?? -1, number) !== 1 ? [at] : [],
    );
    const gap = own.findIndex(
      (one, at) => Date.parse(own[at + 1]?.start ?? "") - Date.parse(one.end) >= GAP_SECONDS * 1000,
    );
    const [lastMs, nextMs] = [Date.parse(own[gap]?.end ?? ""), Date.parse(own[gap + 1]?.start ?? "")];
    expect(jumps.map((at) => [numbers[at - 1], numbers[at]])).toEqual([
      [truth.numberAt(lastMs - 1), truth.numberAt(nextMs)],
    ]);
    const told = made.gaps.filter(({ camera_id: id }) => id === file.camera_id);
    expect(told.reduce((sum, one) => sum + Date.parse(one.end) - Date.parse(one.start), 0)).toBe(nextMs - lastMs);
    const manifest = JSON.parse(await readFile(inFolder(made, "manifest.json"), "utf8")) as {
      cameras: { segments: unknown[]; gaps: unknown[] }[];
    };
    const inSpan = own.filter((one) => Date.parse(one.start) < Date.parse(end));
    expect(inSpan.length).toBeGreaterThanOrEqual(5);
    expect(manifest.cameras[i]?.segments).toHaveLength(inSpan.length);
    expect(manifest.cameras[i]?.gaps).toHaveLength(told.length);
    await expectTracks(path, i === 0 ? ["h264", "aac"] : ["h264"]);
    await expectTracks(inFolder(silent, silentFile.name), ["h264"]);
    // Behind the gap the sound of before may have to end first.
    expect(Math.abs(silentFile.duration_seconds - file.duration_seconds)).toBeLessThan(0.2);
    await expectPlayed(page, file.url, numbers[0], numbers.at(-1));
  }
});

/** Times are told in whole milliseconds: of a picture that begins within one of a time nobody can say whether it is shown then already. */
function shownAt(truth: FrameTruth, ms: number): number[] {
  return [truth.numberAt(ms), truth.numberAt(ms - 2 * ROUNDING_MS)];
}

/** As ffmpeg and mediabunny see them: the same tracks, and as many pictures. */
async function expectTracks(path: string, codecs: readonly string[]): Promise<void> {
  const tracks = await probeTracks(path);
  expect(tracks.map((track) => track.codec)).toEqual(codecs);
  const read = await readWithMediabunny(path);
  expect(read.map((track) => track.type)).toEqual(tracks.map((track) => track.type));
  expect(read[0]?.frames).toBe(tracks[0]?.frames);
}

async function startedExport(body: {
  camera_ids: number[];
  start: string;
  end: string;
}): Promise<{ export_id: string }> {
  const started = await nightjar.client(exportRoutes.create, { body });
  if (!("export_id" in started)) throw new Error("nothing was started");
  return started;
}

test("an export is verified by the program, and by its own page from the disk without a network", async ({
  page,
  context,
}) => {
  const key: InstallationKey = await nightjar.client(systemRoutes.key, {});
  const made = await ended((await startedExport({ camera_ids: cameraIds, ...span() })).export_id);
  const response = await fetch(nightjar.baseUrl + made.zip_url, {
    headers: { authorization: `Bearer ${nightjar.token}` },
  });
  const zip = join(folder, `${made.export_id}.zip`);
  await writeFile(zip, Buffer.from(await response.arrayBuffer()));
  const unpacked = join(folder, "unpacked");
  await runTool("python3", ["-m", "zipfile", "-e", zip, unpacked]);
  for (const path of [zip, unpacked]) {
    const { code, output } = await runNightjar(folder, "verify", path, "--key", key.fingerprint);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^Intact, signed by the given key/);
  }
  await context.setOffline(true);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(join(unpacked, "verify.html")).href);
  const verdict = page.locator("#verdict");
  await page.locator("#folder").setInputFiles(unpacked);
  await expect(verdict).toContainText("Intact, signer not confirmed");
  await page.locator("#key").fill(key.fingerprint);
  await page.locator("#files").setInputFiles(zip);
  await expect(verdict).toContainText("Intact, signed by the given key");
  await expect(verdict).toHaveClass("good");
  await page.locator("#folder").setInputFiles(unpacked);
  await expect(verdict).toHaveClass("good");
  const found = await page.evaluate(findChanges, { changes: CHANGES, seed: CHANGES_SEED });
  expect(found).toEqual({ found: CHANGES, missed: [] });
  const video = join(unpacked, made.files[0]?.name ?? "");
  const bytes = await readFile(video);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(video, bytes);
  await page.locator("#folder").setInputFiles(unpacked);
  await expect(verdict).toContainText(`${made.files[0]?.name} is altered`);
  expect((await runNightjar(folder, "verify", unpacked)).code).toBe(1);
  expect(asked.filter((url) => !url.startsWith("file:"))).toEqual([]);
});
