import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Export, InstallationKey } from "@nightjar/api/export";
import type { Segment } from "@nightjar/api/recording";
import { exportRoutes, systemRoutes, tokenRoutes } from "@nightjar/api/routes";
import { expect, type Page, test } from "@playwright/test";
import { addCamera, endRecording, listSegments, waitForFootage } from "../../harness/footage-of.ts";
import { frameTruth } from "../../harness/frame-truth.ts";
import { freePort, type Nightjar, runNightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, probeTracks, readFrameMarks } from "../../rig/footage.ts";
import { readWithMediabunny } from "../../rig/mediabunny.ts";
import { readPicture } from "../../rig/picture.ts";
import { makeScene } from "../../rig/scene.ts";
import { runTool } from "../../rig/tool.ts";

const FOOTAGE_SECONDS = 24;
const SIZE = { codec: "h264", width: 320, height: 184, fps: 10, gopFrames: 20, seconds: 120 } as const;

let folder: string;
let nightjar: Nightjar;
let rig: RigCamera[] = [];
const cameraIds: number[] = [];
let segments: Segment[] = [];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-export-"));
  await waitingFfmpeg(join(folder, "bin"));
  rig = await startCameras([
    { scene: await makeScene({ ...SIZE, id: 4, audio: "aac" }) },
    { scene: await makeScene({ ...SIZE, id: 6, audio: "none" }) },
  ]);
  await start();
  for (const { url } of rig)
    cameraIds.push(
      (await addCamera(nightjar, url, { recording: { segment_seconds: 10 }, audio: { enabled: true, codec: "auto" } }))
        .id,
    );
  await Promise.all(cameraIds.map((id) => waitForFootage(nightjar, id, FOOTAGE_SECONDS)));
  segments = await listSegments(nightjar, cameraIds[0] ?? 0);
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

/** From the middle of the first segment to shortly before the end of what was there when recording was looked at. */
function span(): { start: string; end: string } {
  const at = (ms: number) => new Date(ms).toISOString();
  const startMs = Date.parse(segments[0]?.start ?? "") + 3000;
  return { start: at(startMs), end: at(startMs + (FOOTAGE_SECONDS - 6) * 1000) };
}

async function ended(id: string): Promise<Export> {
  const probe = async () => {
    const made = await nightjar.client(exportRoutes.get, { params: { id } });
    return made.status === "queued" || made.status === "running" ? undefined : made;
  };
  return waitFor(`export ${id} to end`, probe, { withinMs: 30_000, everyMs: 200, onTimeout: nightjar.logText });
}

const inFolder = (made: Export, name = "") => join(nightjar.dataFolder, "exports", made.export_id, name);

/** What the page shows of a file of the export when it is at `seconds`. */
async function pictureAt(page: Page, url: string, seconds: number): Promise<number | undefined> {
  await page.evaluate(
    async ({ address, time }) => {
      const file = await (await fetch(address)).blob();
      document.body.innerHTML = '<video data-testid="exported" muted></video>';
      const video = document.querySelector("video") as HTMLVideoElement;
      video.src = URL.createObjectURL(file);
      await new Promise((resolve, reject) => {
        video.onerror = () => reject(new Error(video.error?.message));
        video.onseeked = () => video.requestVideoFrameCallback(resolve);
        video.onloadedmetadata = () => {
          video.currentTime = time;
        };
      });
    },
    { address: url, time: seconds },
  );
  return (await readPicture(page.getByTestId("exported"))).mark?.number;
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

test("the files hold every asked picture, and play in the browser from the first to the last", async ({ page }) => {
  const body = { camera_ids: cameraIds, ...span() };
  const made = await ended((await startedExport(body)).export_id);
  expect(made).toMatchObject({ status: "ready", error: null });
  await signInPage(page, nightjar.baseUrl);
  await page.goto(`${nightjar.baseUrl}/playback`);
  for (const [i, file] of made.files.entries()) {
    const path = inFolder(made, file.name);
    const scene = rig[i]?.scene;
    if (scene === undefined) throw new Error("no such camera");
    const own = await listSegments(nightjar, file.camera_id);
    const truth = await frameTruth(
      nightjar,
      scene,
      own.filter((one) => Date.parse(one.start) < Date.parse(file.end)),
    );
    const marks = await readFrameMarks(path);
    expect(findFrameFaults(marks, scene).places).toEqual([]);
    const [first, last] = [marks[0]?.number ?? -1, marks.at(-1)?.number ?? -1];
    expect(truth.difference(truth.numberAt(Date.parse(body.start)), first)).toBe(0);
    expect(Math.abs(truth.difference(truth.numberAt(Date.parse(body.end) - 1), last))).toBeLessThanOrEqual(1);
    const tracks = await probeTracks(path);
    expect(tracks.map((track) => track.codec)).toEqual(i === 0 ? ["h264", "aac"] : ["h264"]);
    expect((await readWithMediabunny(path)).map((track) => track.frames)).toEqual(tracks.map((track) => track.frames));
    expect(await pictureAt(page, file.url, 0)).toBe(first);
    expect(await pictureAt(page, file.url, file.duration_seconds - 0.04)).toBe(last);
  }
});

async function startedExport(body: {
  camera_ids: number[];
  start: string;
  end: string;
}): Promise<{ export_id: string }> {
  const started = await nightjar.client(exportRoutes.create, { body });
  if (!("export_id" in started)) throw new Error("nothing was started");
  return started;
}

test("a server that is killed while it makes an export makes it ready after its restart, and leaves no debris", async () => {
  const hold = join(folder, "bin/hold");
  await writeFile(hold, "");
  const { export_id: id } = await startedExport({ camera_ids: cameraIds, ...span() });
  const exports = join(nightjar.dataFolder, "exports");
  const isInTheMiddle = () => existsSync(join(exports, `${id}.part`, `cam${cameraIds[0]}`, "list.ffconcat"));
  await waitFor("the middle of the export", isInTheMiddle, { withinMs: 20_000 });
  expect((await nightjar.client(exportRoutes.get, { params: { id } })).status).toBe("running");
  await nightjar.kill();
  await rm(hold);
  await start();
  const made = await ended(id);
  expect(made).toMatchObject({ status: "ready", error: null });
  for (const [i, file] of made.files.entries()) {
    const scene = rig[i]?.scene ?? { id: -1, frames: 0 };
    expect(findFrameFaults(await readFrameMarks(inFolder(made, file.name)), scene).places).toEqual([]);
  }
  const known = (await nightjar.client(exportRoutes.list, { query: {} })).exports.map((one) => one.export_id);
  expect((await readdir(exports)).sort()).toEqual([...known].sort());
  expect((await readdir(inFolder(made))).sort()).toEqual(
    [...made.files.map((file) => file.name), "manifest.json", "verify.html"].sort(),
  );
});

test("an export is verified by the program, and by its own page from the disk without a network", async ({
  page,
  context,
}) => {
  await endRecording(nightjar, cameraIds[0] ?? 0);
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
  const video = join(unpacked, made.files[0]?.name ?? "");
  const bytes = await readFile(video);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(video, bytes);
  await page.locator("#folder").setInputFiles(unpacked);
  await expect(verdict).toContainText(`${made.files[0]?.name} is altered`);
  expect((await runNightjar(folder, "verify", unpacked)).code).toBe(1);
  expect(asked.filter((url) => !url.startsWith("file:"))).toEqual([]);
});
