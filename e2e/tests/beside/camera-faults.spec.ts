import type { Camera, CameraStatus, GapCause } from "@nightjar/api/camera";
import { ApiError } from "@nightjar/api/client";
import { alertRoutes, cameraRoutes, recordingRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { addCamera, listSegments, waitForStatus, waitUntilRecording } from "../../harness/footage-of.ts";
import { freePort, type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { signInPage } from "../../harness/pages.ts";
import { findPassword } from "../../harness/secrets.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { makeScene, makeSmallScene } from "../../rig/scene.ts";

const CREDENTIALS = { username: "viewer", password: "s3cret p@ss:w/rd&%" };
const WRONG_PASSWORD = "wr0ng p@ss:w/rd&%";
/** Beyond the outage itself. The rig's key frames are a second apart. */
const HOLE_BEYOND_OUTAGE_MS = 3000;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
let neverThere: Camera;

test.beforeAll(async () => {
  const h264 = await makeSmallScene();
  const mjpegSize = { width: 320, height: 184, fps: 10, gopFrames: 1, seconds: 10 } as const;
  const mjpeg = await makeScene({ ...mjpegSize, id: 7, codec: "mjpeg", audio: "pcma" });
  const auth = { method: "digest", ...CREDENTIALS } as const;
  rig = await startCameras([
    { scene: h264, auth },
    { scene: mjpeg },
    { scene: h264, auth: { ...auth, method: "basic" } },
  ]);
  nightjar = await startNightjar();
  neverThere = await add("Never there", `rtsp://127.0.0.1:${await freePort()}/`);
});

test.afterAll(async () => {
  await nightjar?.stop();
  await stopCameras(rig);
});

function rigCamera(index: number): RigCamera {
  const camera = rig[index];
  if (camera === undefined) throw new Error(`There is no rig camera ${index}.`);
  return camera;
}

function add(name: string, url: string, credentials: { username?: string; password?: string } = {}): Promise<Camera> {
  return addCamera(nightjar, url, { name, ...credentials, recording: { segment_seconds: 10 } });
}

const FAULTS: readonly {
  readonly name: string;
  readonly camera: () => Promise<{ url: string; username?: string; password?: string }>;
  readonly cause: GapCause;
  readonly says: RegExp;
}[] = [
  {
    name: "a path that the camera does not have",
    camera: async () => ({ url: rigCamera(1).url.replace("/main", "/no-such-stream") }),
    cause: "camera_offline",
    says: /path/i,
  },
  {
    name: "a port that refuses",
    camera: async () => ({ url: `rtsp://127.0.0.1:${await freePort()}/main` }),
    cause: "camera_offline",
    says: /refuses.*port/i,
  },
  {
    name: "a wrong password",
    camera: async () => ({ url: rigCamera(0).url, username: CREDENTIALS.username, password: WRONG_PASSWORD }),
    cause: "auth_failed",
    says: /password.*check/i,
  },
  {
    name: "a codec that cannot be recorded",
    camera: async () => ({ url: rigCamera(1).url }),
    cause: "unsupported_stream",
    says: /M?JPEG.*H\.264/i,
  },
];

for (const { name, camera, cause, says } of FAULTS) {
  test(`${name}: the cause and what to do are on the API, the page and in the log`, async ({ page }) => {
    const { url, ...credentials } = await camera();
    const { id } = await add(`Faulty: ${name}`, url, credentials);
    const status = await waitForStatus(nightjar, id, `to fail with ${cause}`, (one) => one.cause === cause);
    expect(status).toMatchObject({ connection: "offline", recording: false });
    expect(status.last_error).toMatch(says);
    await waitFor("the log to say it", () => says.test(nightjar.logText()), {
      withinMs: 10_000,
      onTimeout: nightjar.logText,
    });
    await signInPage(page, nightjar.baseUrl);
    await page.goto(`${nightjar.baseUrl}/setup/devices`);
    await expect(page.getByTestId(`camera-${id}`)).toContainText(status.last_error ?? "");
  });

  test(`${name}: the probe refuses with the cause and what to do`, async () => {
    const { url, ...credentials } = await camera();
    const refusal = await nightjar.client(cameraRoutes.probe, { body: { url, ...credentials } }).then(
      () => expect(null, "the probe succeeded").not.toBeNull(),
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(ApiError);
    expect(refusal).toMatchObject({ code: "probe_failed", status: 400, details: { cause } });
    expect((refusal as ApiError).message).toMatch(says);
  });
}

test("a camera that should record and does not for half a minute raises an alert that says why", async () => {
  const alert = await waitFor(
    "an alert about the camera",
    async () => {
      const { alerts } = await nightjar.client(alertRoutes.list, { query: { open: "true" } });
      return alerts.find((one) => one.kind === "camera_not_recording" && one.camera_ids.includes(neverThere.id));
    },
    { withinMs: 60_000, everyMs: 500 },
  );
  expect(alert.message).not.toBe("");
  expect(alert.action).not.toBe("");
});

for (const [index, method] of [
  [0, "digest"],
  [2, "basic"],
] as const) {
  test(`with the right password a camera that asks for ${method} authentication records, and the password stands nowhere`, async () => {
    const { id } = await add(`Locked (${method})`, rigCamera(index).url, CREDENTIALS);
    await waitUntilRecording(nightjar, id);
    const camera = await nightjar.client(cameraRoutes.get, { params: { id } });
    expect(camera).toMatchObject({ username: CREDENTIALS.username, has_password: true });
    const probe = await nightjar.client(cameraRoutes.probe, { body: { url: rigCamera(index).url, ...CREDENTIALS } });
    const answers = await Promise.all([
      nightjar.client(cameraRoutes.list, { query: {} }),
      nightjar.client(cameraRoutes.status, { params: { id } }),
      nightjar.client(alertRoutes.list, { query: {} }),
    ]);
    const texts = { "the log": nightjar.logText(), "the API": JSON.stringify([camera, probe, answers]) };
    for (const password of [CREDENTIALS.password, WRONG_PASSWORD]) {
      const places = { texts, folder: nightjar.dataFolder };
      expect(await findPassword({ ...CREDENTIALS, password }, places)).toEqual([]);
    }
  });
}

test("a camera that goes away and comes back records again by itself, and the hole is told", async () => {
  const camera = rigCamera(0);
  const { id } = await add("Comes and goes", camera.url, CREDENTIALS);
  await waitForStatus(nightjar, id, "to have recorded", (status) => status.recording);
  const before = await waitFor(
    "some seconds of footage",
    async () => (await listSegments(nightjar, id)).find((segment) => segment.duration_seconds > 3),
    { withinMs: 20_000 },
  );
  const awayMs = performance.now();
  await camera.stop();
  const away = await waitForStatus(nightjar, id, "to be offline", (status) => status.connection === "offline");
  expect(away).toMatchObject({ cause: "camera_offline", recording: false } satisfies Partial<CameraStatus>);
  await camera.start();
  const outageMs = performance.now() - awayMs;
  await waitUntilRecording(nightjar, id);
  const after = await waitFor(
    "footage of the new connection",
    async () => (await listSegments(nightjar, id)).find((segment) => segment.run_id !== before.run_id),
    { withinMs: 20_000 },
  );
  const last = (await listSegments(nightjar, id)).findLast((segment) => segment.run_id === before.run_id) ?? before;
  expect(last.state).toBe("closed");
  const holeMs = Date.parse(after.start) - Date.parse(last.end);
  expect(holeMs).toBeLessThan(outageMs + HOLE_BEYOND_OUTAGE_MS);
  const query = { camera_id: id, start: before.start, end: new Date().toISOString() };
  const { gaps } = await nightjar.client(recordingRoutes.timeline, { query });
  const holes = gaps.filter((gap) => Date.parse(gap.end) > Date.parse(before.end));
  expect(holes).toMatchObject([{ start: last.end, end: after.start, cause: "camera_offline", wanted: true }]);
});

test("a camera that hangs is noticed, and records again when it has come to itself", async () => {
  const camera = rigCamera(2);
  const { id } = await add("Hangs", camera.url, CREDENTIALS);
  await waitUntilRecording(nightjar, id);
  camera.freeze();
  try {
    const stalled = await waitForStatus(nightjar, id, "to be stalled", (one) => one.cause === "stream_stalled", 30_000);
    expect(stalled.recording).toBe(false);
  } finally {
    camera.thaw();
  }
  await waitUntilRecording(nightjar, id);
});
