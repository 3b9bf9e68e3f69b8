// What cameras there are: every sound with every setting, every way to be pulled.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AudioSettings, Camera } from "@nightjar/api/camera";
import type { Segment } from "@nightjar/api/recording";
import { cameraRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import {
  addCamera,
  endRecording,
  segmentPath,
  waitForFootage,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { freePort, type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { findPassword } from "../../harness/secrets.ts";
import { sampleTables } from "../../rig/boxes.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { makeCertificate } from "../../rig/certificate.ts";
import { findFrameFaults, probeTracks, readFrameMarks } from "../../rig/footage.ts";
import { type HttpCameraOptions, type PullCamera, startHttpCamera, startRtmpCamera } from "../../rig/pull-cameras.ts";
import { makeScene, makeSmallScene, type Scene, type SceneOptions } from "../../rig/scene.ts";
import { SOUND_SETTLED_MS, soundOffsetsMs } from "../../rig/sound.ts";

const SOUNDS = ["aac", "opus", "mp3", "pcmu", "pcma", "g726", "none"] as const;
const SETTINGS = ["auto", "aac", "opus", "mp3", "copy", "off"] as const;
/** What MP4 cannot hold as it comes over RTP is encoded under `copy` too, and a warning names it as ffmpeg does. */
const ENCODED_UNDER_COPY: Partial<Record<Sound, string>> = {
  pcmu: "pcm_mulaw",
  pcma: "pcm_alaw",
  g726: "adpcm_g726le",
  mp3: "mp2",
};
const FOOTAGE_SECONDS = 7;
const SOUND_OFFSET_BOUND_MS = 40;
const CREDENTIALS = { username: "viewer", password: "s3cret p@ss:w/rd&%" };

type Sound = (typeof SOUNDS)[number];
type Setting = (typeof SETTINGS)[number];

let nightjar: Nightjar;
let folder: string;
let rig: RigCamera[] = [];
const pulled: PullCamera[] = [];
let subScene: Scene;
let withSound: Scene;
let withMp3: Scene;
let certificate: Awaited<ReturnType<typeof makeCertificate>>;
/** By their sound: the cameras of all settings, as far as they have been added. */
const added = new Map<Sound, Promise<Camera[]>>();

test.beforeAll(async () => {
  test.setTimeout(240_000);
  folder = await mkdtemp(join(tmpdir(), "nightjar-e2e-kinds-"));
  certificate = await makeCertificate(folder);
  subScene = await makeScene({ ...subSize, id: 4, codec: "h264", audio: "none" });
  const scenes: Scene[] = [];
  // Half of the cameras send H.265.
  for (const [i, sound] of SOUNDS.entries()) scenes.push(await makeSmallScene(videoOf(i), sound));
  withSound = await makeSmallScene("h264", "aac");
  withMp3 = await makeSmallScene("h264", "mp3");
  rig = await startCameras([
    ...scenes.map((scene) => ({ scene })),
    { scene: await makeSmallScene("h264", "pcmu"), sub: subScene, sessions: 2 },
    { scene: withSound, transport: "udp" },
    { scene: withSound, tls: certificate },
    { scene: withSound, tls: certificate, auth: { method: "digest", ...CREDENTIALS } },
  ]);
  nightjar = await startNightjar();
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
  await Promise.all(pulled.map((camera) => camera.stop()));
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const subSize = { width: 256, height: 144, fps: 10, gopFrames: 10, seconds: 60 } as const;

function videoOf(index: number): "h264" | "h265" {
  return index % 2 === 0 ? "h264" : "h265";
}

function rigCamera(index: number): RigCamera {
  const camera = rig[index];
  if (camera === undefined) throw new Error(`There is no rig camera ${index}.`);
  return camera;
}

function audioSettings(setting: Setting): AudioSettings {
  return setting === "off" ? { enabled: false, codec: "auto" } : { enabled: true, codec: setting };
}

/** One camera for each setting, all recording the same stream. */
function withEachSetting(index: number): Promise<Camera[]> {
  const sound = SOUNDS[index];
  if (sound === undefined) return Promise.resolve([]);
  const { url } = rigCamera(index);
  const cameras =
    added.get(sound) ??
    Promise.all(
      SETTINGS.map((setting) =>
        addCamera(nightjar, url, { name: `${sound}, ${setting}`, audio: audioSettings(setting) }),
      ),
    );
  added.set(sound, cameras);
  return cameras;
}

/** The codec that a file must have; null: no sound. */
function recordedSound(sound: Sound, setting: Setting): string | null {
  if (sound === "none" || setting === "off") return null;
  if (setting === "copy") return ENCODED_UNDER_COPY[sound] === undefined ? sound : "aac";
  return setting === "auto" ? "aac" : setting;
}

/** Every file of a camera plays whole and holds every frame once; answers the files and the codec of their sound. */
async function checkFiles(
  segments: readonly Segment[],
  scene: Scene,
): Promise<{ files: string[]; sound: string | null }> {
  const files = segments.map((segment) => segmentPath(nightjar.dataFolder, segment));
  const marks = (await Promise.all(files.map((file) => readFrameMarks(file)))).flat();
  expect(findFrameFaults(marks, scene).places).toEqual([]);
  let sound: string | null = null;
  for (const file of files) {
    const tracks = await probeTracks(file);
    expect(tracks.filter((track) => track.type === "video").map((track) => track.codec)).toEqual([videoName(scene)]);
    const counts = tracks.map(({ type, frames }) => `${type === "video" ? "vide" : "soun"} ${frames}`);
    expect(counts.sort()).toEqual((await sampleTables(file)).map((one) => `${one.handler} ${one.samples}`).sort());
    sound = tracks.find((track) => track.type === "audio")?.codec ?? null;
  }
  return { files, sound };
}

function expectTogether(offsetsMs: readonly number[], what: string): void {
  const worstMs = Math.max(...offsetsMs.map(Math.abs));
  expect(worstMs, `${what}: ${offsetsMs.map(Math.round).join(" ")} ms`).toBeLessThanOrEqual(SOUND_OFFSET_BOUND_MS);
}

function videoName({ codec }: SceneOptions): string {
  return codec === "h265" ? "hevc" : codec;
}

for (const [i, sound] of SOUNDS.entries()) {
  test(`a camera that sends ${sound === "none" ? "no sound" : sound} is recorded as each audio setting says: playable, sound and picture together, with a warning where \`copy\` cannot be`, async () => {
    const cameras = await withEachSetting(i);
    // The next ones record while the files of these are looked at.
    await withEachSetting(i + 1);
    const checks = cameras.map(async (camera, k) => {
      const setting = SETTINGS[k] ?? "off";
      await waitForFootage(nightjar, camera.id, FOOTAGE_SECONDS);
      const status = await nightjar.client(cameraRoutes.status, { params: { id: camera.id } });
      expect(status, setting).toMatchObject({ recording: true, cause: null, last_error: null });
      const { scene } = rigCamera(i);
      const segments = await endRecording(nightjar, camera.id);
      const { files, sound: found } = await checkFiles(segments, scene);
      expect(found, setting).toBe(recordedSound(sound, setting));
      if (found === null) return;
      for (const [at, file] of files.entries()) {
        const settledSeconds = (segments[at]?.duration_seconds ?? 0) - SOUND_SETTLED_MS / 1000;
        if (settledSeconds < 3) continue;
        const offsetsMs = await soundOffsetsMs(file, scene, SOUND_SETTLED_MS);
        expect(offsetsMs.length, setting).toBeGreaterThanOrEqual(Math.floor(settledSeconds) - 2);
        expectTogether(offsetsMs, setting);
      }
    });
    await Promise.all(checks);
    const codec = ENCODED_UNDER_COPY[sound];
    const warnings = nightjar
      .logText()
      .split("\n")
      .filter((line) => /encoded as AAC/.test(line));
    expect(warnings.some((line) => codec !== undefined && line.includes(codec))).toBe(codec !== undefined);
  });
}

test("main and sub stream are recorded from a camera that allows two sessions, also when its sound has to be planned anew", async () => {
  const camera = rigCamera(SOUNDS.length);
  const settings = { name: "Sub stream", streams: { main: { url: camera.url }, sub: { url: camera.subUrl } } };
  const sub = await nightjar.client(cameraRoutes.create, { body: { ...settings, recording: { stream: "sub" } } });
  // Without the sub stream, of which pictures would be made in a session of their own.
  const streams = { main: { url: camera.url }, sub: null };
  const main = await nightjar.client(cameraRoutes.create, { body: { name: "Main stream", streams } });
  await Promise.all([main, sub].map(({ id }) => waitForFootage(nightjar, id, FOOTAGE_SECONDS)));
  const status = await nightjar.client(cameraRoutes.status, { params: { id: sub.id } });
  expect(status).toMatchObject({ width: subSize.width, height: subSize.height });
  await checkFiles(await endRecording(nightjar, sub.id), subScene);
  // Its place is free for the next one at once.
  const again = await addCamera(nightjar, camera.subUrl, { name: "Sub stream, again" });
  await waitUntilRecording(nightjar, again.id);
  expect(await checkFiles(await endRecording(nightjar, main.id), camera.scene)).toMatchObject({ sound: "aac" });
});

interface Pulled {
  readonly name: string;
  readonly sound?: string;
  readonly camera: () => Promise<{ url: string; settings?: Parameters<typeof addCamera>[2] }>;
}

const PULLED: readonly Pulled[] = [
  {
    name: "RTSP over UDP",
    camera: async () => ({ url: rigCamera(SOUNDS.length + 1).url, settings: { transport: "udp" } }),
  },
  { name: "rtsps with a certificate of its own", camera: async () => ({ url: rigCamera(SOUNDS.length + 2).url }) },
  {
    name: "rtsps with a password",
    camera: async () => ({ url: rigCamera(SOUNDS.length + 3).url, settings: CREDENTIALS }),
  },
  { name: "HTTP, MPEG-TS", camera: async () => ({ url: await httpCamera("mpegts") }) },
  {
    name: "HTTP, MPEG-TS with MP3 as it comes",
    sound: "mp3",
    camera: async () => ({
      url: await httpCamera("mpegts", { scene: withMp3 }),
      settings: { audio: audioSettings("copy") },
    }),
  },
  {
    name: "HTTPS, MP4, with a password",
    camera: async () => ({
      url: await httpCamera("mp4", { tls: certificate, auth: CREDENTIALS }),
      settings: CREDENTIALS,
    }),
  },
  { name: "RTMP", camera: async () => ({ url: await rtmpCamera() }) },
  { name: "a file below an approved folder", camera: async () => ({ url: await approvedFile() }) },
];

async function httpCamera(
  format: HttpCameraOptions["format"],
  options: Partial<HttpCameraOptions> = {},
): Promise<string> {
  const camera = await startHttpCamera({ scene: withSound, format, ...options });
  pulled.push(camera);
  return camera.url;
}

async function rtmpCamera(): Promise<string> {
  const camera = await startRtmpCamera(withSound, await freePort());
  pulled.push(camera);
  return camera.url;
}

async function approvedFile(): Promise<string> {
  const file = join(nightjar.dataFolder, "a film.mp4");
  await copyFile(withSound.videoFile, file);
  return `file://${encodeURI(file)}`;
}

test("cameras are recorded over RTSP by UDP, rtsps, HTTP, HTTPS, RTMP and from files, and no password stands anywhere", async () => {
  const record = async ({ name, camera, sound = "aac" }: Pulled) => {
    const { url, settings } = await camera();
    const { audio: _, ...access } = settings ?? {};
    const probe = await nightjar.client(cameraRoutes.probe, { body: { url, ...access } });
    expect(probe.video, name).toMatchObject({ codec: "h264", width: withSound.width });
    const { id } = await addCamera(nightjar, url, { name, ...settings });
    await waitForFootage(nightjar, id, FOOTAGE_SECONDS);
    return { id, name, expected: sound };
  };
  const cameras = await Promise.all(PULLED.map(record));
  const texts = { "the log": nightjar.logText() };
  expect(await findPassword(CREDENTIALS, { texts, folder: nightjar.dataFolder })).toEqual([]);
  const checks = cameras.map(async ({ id, name, expected }) => {
    const segments = await endRecording(nightjar, id);
    const { files, sound } = await checkFiles(segments, withSound);
    expect(sound, name).toBe(expected);
    expectTogether(await soundOffsetsMs(files[0] ?? "", withSound, SOUND_SETTLED_MS), name);
  });
  await Promise.all(checks);
});

test("a camera that offers UDP alone, or Motion JPEG over HTTP, is refused with what to do", async () => {
  const udpOnly = await addCamera(nightjar, rigCamera(SOUNDS.length + 1).url, { name: "UDP alone" });
  const offline = await waitForStatus(nightjar, udpOnly.id, "to fail", (status) => status.cause === "camera_offline");
  expect(offline.last_error).toMatch(/UDP/);
  const mjpeg = await addCamera(nightjar, await httpCamera("mjpeg"), { name: "Motion JPEG" });
  const isRefused = (status: { cause: string | null }) => status.cause === "unsupported_stream";
  const refused = await waitForStatus(nightjar, mjpeg.id, "to be refused", isRefused);
  expect(refused.last_error).toMatch(/MJPEG.*H\.264/);
});
