import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemRoutes, tokenRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { addCamera, cameraStatus, waitForStatus, waitUntilRecording } from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { findPassword } from "../../harness/secrets.ts";
import { waitFor } from "../../harness/wait.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { makeSmallScene } from "../../rig/scene.ts";

const AUTH = { method: "digest", username: "viewer", password: "metric-s3cret/&'" } as const;

let cameras: RigCamera[];
let nightjar: Nightjar;
let token: string;

test.beforeAll(async () => {
  cameras = await startCameras([{ scene: await makeSmallScene(), auth: AUTH }]);
  nightjar = await startNightjar();
  const made = { name: "prometheus", permissions: ["system.edit" as const] };
  token = (await nightjar.client(tokenRoutes.create, { body: made })).token;
});
test.afterAll(async () => {
  await nightjar.stop();
  await stopCameras(cameras);
});

async function metricsText(): Promise<string> {
  const answer = await fetch(`${nightjar.baseUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return answer.text();
}

/** undefined: no such series. */
function valueIn(text: string, name: string, labels: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${name}{${labels}} `));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

function waitForValue(name: string, labels: string, isWanted: (value: number) => boolean): Promise<number> {
  const probe = async () => {
    const value = valueIn(await metricsText(), name, labels);
    return value !== undefined && isWanted(value) ? value : undefined;
  };
  return waitFor(`${name}{${labels}}`, probe, { withinMs: 30_000, everyMs: 250, onTimeout: metricsText });
}

test("metrics and status show a recording camera and what it costs; a killed worker counts as a restart and as a gap", async () => {
  const { id } = await addCamera(nightjar, cameras[0]?.url ?? "", {
    name: "Yard",
    username: AUTH.username,
    password: AUTH.password,
  });
  const labels = `tenant="1",camera="${id}"`;
  await waitUntilRecording(nightjar, id);
  const grows = async (name: string) => {
    const before = await waitForValue(name, labels, (value) => value > 0);
    await waitForValue(name, labels, (value) => value > before);
  };
  for (const name of ["received_bytes", "received_frames", "recorded_bytes"])
    await grows(`nightjar_camera_${name}_total`);
  const text = await metricsText();
  expect(valueIn(text, "nightjar_camera_connected", labels)).toBe(1);
  expect(valueIn(text, "nightjar_camera_recording", labels)).toBe(1);
  expect(valueIn(text, "nightjar_camera_worker_restarts_total", labels)).toBe(0);
  expect(valueIn(text, "nightjar_place_free_bytes", 'place="recordings"')).toBeGreaterThan(0);

  const status = await nightjar.client(systemRoutes.status, {});
  expect(status.counts).toMatchObject({ cameras: 1, cameras_enabled: 1, cameras_recording: 1 });
  const [worker] = status.workers;
  expect(worker).toMatchObject({
    name: `1-${id}`,
    camera_id: id,
    connection: "connected",
    recording: true,
    restarts: 0,
  });
  expect(worker?.usage?.memory_bytes).toBeGreaterThan(5_000_000);
  expect(worker?.ffmpeg?.memory_bytes).toBeGreaterThan(1_000_000);
  expect(worker?.ffmpeg?.cpu_percent).toBeGreaterThan(0);
  expect(status.server.usage?.memory_bytes).toBeGreaterThan(5_000_000);
  expect(status.places.map((place) => place.name)).toEqual(["data", "recordings", "logs"]);

  process.kill(worker?.pid ?? 0, "SIGKILL");
  await waitForValue("nightjar_camera_worker_restarts_total", labels, (value) => value === 1);
  await waitForStatus(nightjar, id, "to record again", (one) => one.recording && one.worker?.pid !== worker?.pid);
  await waitForValue("nightjar_camera_gap_seconds_total", `${labels},cause="worker_crashed"`, (value) => value > 0);
  await grows("nightjar_camera_recorded_bytes_total");
  expect((await nightjar.client(systemRoutes.status, {})).workers[0]).toMatchObject({ restarts: 1 });

  const texts = {
    metrics: await metricsText(),
    status: JSON.stringify(await nightjar.client(systemRoutes.status, {})),
  };
  const sources = { ...texts, camera: JSON.stringify(await cameraStatus(nightjar, id)) };
  expect(await findPassword(AUTH, { texts: sources, folder: nightjar.dataFolder })).toEqual([]);
});

test("metrics and status need the permission system.edit", async () => {
  const made = { name: "viewer", permissions: ["recordings.view" as const] };
  const viewer = (await nightjar.client(tokenRoutes.create, { body: made })).token;
  for (const path of ["/metrics", "/api/system/status"]) {
    const ask = (headers: Record<string, string>) => fetch(`${nightjar.baseUrl}${path}`, { headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${viewer}` })).status).toBe(403);
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200);
  }
});

test("server and workers write their logs to the log folder, one JSON object a line", async () => {
  const folder = join(nightjar.dataFolder, "logs");
  const names = readdirSync(folder).filter((name) => !name.includes(".output."));
  expect(names).toContain("server.log");
  expect(names.some((name) => /^worker-1-\d+\.log$/.test(name))).toBe(true);
  for (const name of names) {
    const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({
        level: expect.any(String),
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        name: expect.stringMatching(/^nightjar/),
        msg: expect.any(String),
      });
    }
  }
  expect(existsSync(join(folder, "server.log.1"))).toBe(false);
});
