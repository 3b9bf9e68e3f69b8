import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import type { Camera } from "@nightjar/api/camera";
import { type Client, createClient } from "@nightjar/api/client";
import { authRoutes, cameraRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  type cameraStatus,
  endRecording,
  waitForFootage,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { ADMIN, freePort, STOP_WITHIN_MS } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { BootedMachine } from "../../rig/booted-machine.ts";
import { topLevelBoxes } from "../../rig/boxes.ts";
import { startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene } from "../../rig/scene.ts";

const SOURCE = "pattern:clock?size=160x120&fps=10";
const DATA = "/var/lib/nightjar";

// Two builds and a boot may be among it; a bound against hanging.
test.describe.configure({ mode: "serial", timeout: 300_000 });
let machine: BootedMachine;

// Only root can boot a machine; where it can, a machine that does not come up is a failure.
if (process.getuid?.() === 0) {
  test.beforeAll(async () => {
    machine = await BootedMachine.boot();
  });
  test.afterAll(() => machine.powerOff());
  test("units of systemd are a worker backend like child processes", contractSuite);
  test(
    "as a service: workers outlive the server and are brought back by systemd; the target stops all; removed, the footage stays",
    service,
  );
} else console.log("The tests of the service are left out: they boot a machine in a container, which needs root.");

async function contractSuite(): Promise<void> {
  await machine.run("node", "node_modules/.bin/vitest", "run", "--config", "vitest.systemd.config.ts");
}

async function service(): Promise<void> {
  const port = await freePort();
  await mkdir(machine.path("/etc/nightjar"), { recursive: true });
  const config = [`port: ${port}`, `admin_username: ${ADMIN.username}`, `admin_password: ${ADMIN.password}`];
  await writeFile(machine.path("/etc/nightjar/nightjar.yaml"), `${config.join("\n")}\n`);
  const printed = await machine.run("node", "deploy/install.mjs");
  expect(printed).toContain("Writing /etc/systemd/system/nightjar-worker@.service");
  const nightjar = { client: await clientOf(`http://127.0.0.1:${port}`) };
  const cameras = [await addCamera(nightjar, SOURCE), await addCamera(nightjar, SOURCE)];
  const ids = cameras.map(({ id }) => id);
  for (const id of ids) await waitUntilRecording(nightjar, id);

  const units = ids.map((id) => `nightjar-worker@1-${id}.service`);
  const listed = await machine.run("systemctl", "list-units", "--plain", "--no-legend", "nightjar-worker@*");
  expect(listed.split("\n").map((line) => line.split(/ +/).slice(0, 4))).toEqual(
    units.map((unit) => [unit, "loaded", "active", "running"]),
  );
  expect(await journal()).toContain(`127.0.0.1:${port}`);
  expect(await journal(units[0])).toContain('"name":"nightjar.worker');
  await serverHasNoOtherRights();

  const [first = "", second = ""] = units;
  const pids = await Promise.all(units.map(mainPid));
  await machine.run("systemctl", "reload", "nightjar");
  await waitFor("the server to read its settings anew", async () => (await journal()).includes('"signal":"SIGHUP"'), {
    withinMs: 10_000,
  });
  await waitUntilAnswering(`http://127.0.0.1:${port}`);
  await machine.run("systemctl", "stop", "nightjar.service");
  expect(await Promise.all(units.map(mainPid))).toEqual(pids);

  // While no server is there, systemd brings a worker back.
  await machine.run("kill", "-KILL", pids[1] ?? "");
  await waitFor("systemd to start the worker again", async () => !["0", pids[1]].includes(await mainPid(second)), {
    withinMs: 5000,
  });
  await machine.run("systemctl", "start", "nightjar.service");
  await waitUntilAnswering(`http://127.0.0.1:${port}`);
  for (const [index, id] of ids.entries()) {
    const status = await waitUntilRecording(nightjar, id);
    expect(status.worker).toMatchObject({ restarts: 0, pid: Number(await mainPid(units[index] ?? "")) });
  }
  expect(await mainPid(first)).toBe(pids[0]);
  await waitForFootage(nightjar, ids[0] ?? 0, 5);
  await hasNoHole(nightjar, cameras[0]);

  // And while it is there.
  await machine.run("kill", "-KILL", pids[0] ?? "");
  const isBack = ({ recording, worker }: Awaited<ReturnType<typeof cameraStatus>>) =>
    recording && worker?.pid !== null && worker?.pid !== Number(pids[0]);
  await waitForStatus(nightjar, ids[0] ?? 0, "to record again", isBack);

  await isUpdatedWithoutAGap(nightjar, `http://127.0.0.1:${port}`);

  const startedMs = performance.now();
  await machine.run("systemctl", "stop", "nightjar.target");
  expect(performance.now() - startedMs).toBeLessThan(STOP_WITHIN_MS);
  expect(await machine.run("systemctl", "list-units", "--plain", "--no-legend", "nightjar*.service")).toBe("");
  for (const id of ids) await allClosed(`${DATA}/recordings/${id}`);

  await machine.run("node", "deploy/uninstall.mjs");
  for (const unit of ["nightjar.target", "nightjar.service", "nightjar-worker@1-1.service"])
    expect(await machine.run("systemctl", "show", "--property=LoadState", "--value", unit)).toBe("not-found");
  expect(existsSync(machine.path("/etc/polkit-1/rules.d/50-nightjar.rules"))).toBe(false);
  for (const id of ids) await allClosed(`${DATA}/recordings/${id}`);
}

/** The program becomes another version: the workers of the first one are replaced, each by a unit that is called as before. */
async function isUpdatedWithoutAGap(nightjar: { client: Client }, baseUrl: string): Promise<void> {
  const scene = await makeSmallScene();
  const rig = await startCameras([{ scene }, { scene, sessions: 1 }]);
  const settings = { recording: { segment_seconds: 10 } };
  const cameras = await Promise.all(rig.map(({ url }) => addCamera(nightjar, url, settings)));
  const before = await Promise.all(cameras.map(({ id }) => waitUntilRecording(nightjar, id)));
  for (const { id } of cameras) await waitForFootage(nightjar, id, 2);
  const about = machine.path("/opt/nightjar/server/package.json");
  await writeFile(about, JSON.stringify({ ...JSON.parse(await readFile(about, "utf8")), version: "99.0.0" }));
  await machine.run("systemctl", "restart", "nightjar.service");
  await waitUntilAnswering(baseUrl);
  for (const [i, { id }] of cameras.entries()) {
    const unit = `nightjar-worker@1-${id}.service`;
    const isReplaced = async () => {
      const { worker, recording } = await nightjar.client(cameraRoutes.status, { params: { id } });
      const pid = worker?.pid ?? 0;
      return recording && pid > 0 && pid !== before[i]?.worker?.pid && (await mainPid(unit)) === String(pid);
    };
    await waitFor(`${unit} to have another process`, isReplaced, { withinMs: 120_000, onTimeout: () => journal() });
  }
  const successors = ["list-units", "--plain", "--no-legend", "nightjar-successor@*"];
  await waitFor("no successor to be left", async () => (await machine.run("systemctl", ...successors)) === "", {
    withinMs: 120_000,
  });
  for (const { id } of cameras) await waitForFootage(nightjar, id, 5);
  const [twice, once] = await Promise.all(cameras.map(({ id }) => runsOf(nightjar, id)));
  expect(twice?.runs).toBe(3);
  expect(findFrameFaults(twice?.marks ?? [], scene).places).toEqual([]);
  // One gap, not one for each change.
  expect(once?.runs).toBe(2);
  await stopCameras(rig);
}

/** How many connections a camera that was recorded has had, and all frames of its segments. */
async function runsOf(nightjar: { client: Client }, cameraId: number) {
  const segments = await endRecording(nightjar, cameraId);
  const marks: Awaited<ReturnType<typeof readFrameMarks>> = [];
  for (const { name } of segments)
    marks.push(...(await readFrameMarks(machine.path(`${DATA}/recordings/${cameraId}/${name}`))));
  return { runs: new Set(segments.map((segment) => segment.run_id)).size, marks };
}

function journal(unit = "nightjar.service"): Promise<string> {
  return machine.run("journalctl", "--output=cat", "-u", unit);
}

function mainPid(unit: string): Promise<string> {
  return machine.run("systemctl", "show", "--property=MainPID", "--value", unit);
}

async function waitUntilAnswering(baseUrl: string): Promise<void> {
  const answers = () =>
    fetch(`${baseUrl}/api/health`).then(
      () => true,
      () => false,
    );
  const onTimeout = () => machine.run("journalctl", "--no-pager", "-n", "200");
  await waitFor("the server to answer", answers, { withinMs: 20_000, onTimeout });
}

async function clientOf(baseUrl: string): Promise<Client> {
  await waitUntilAnswering(baseUrl);
  const { token } = await createClient({ baseUrl })(authRoutes.login, { body: ADMIN });
  return createClient({ baseUrl, token: () => token });
}

/** It may start and stop its workers, as the tests see; but no other unit, nor units that only look like them. */
async function serverHasNoOtherRights(): Promise<void> {
  for (const unit of ["dbus.service", "nightjar.service", "nightjar-worker@a.service"]) {
    const asServer = machine.run("runuser", "-u", "nightjar", "--", "systemctl", "--no-ask-password", "stop", unit);
    await expect(asServer).rejects.toThrow(/authentication required|Access denied/i);
  }
}

async function hasNoHole(nightjar: { client: Client }, camera: Camera | undefined): Promise<void> {
  if (camera === undefined) throw new Error("There is no such camera.");
  const spans = await accountOf(nightjar, camera);
  const since = spans.findIndex((span) => span.isFootage);
  expect(
    spans.slice(since).map((span) => span.isFootage),
    describeAccount(spans),
  ).toEqual([true]);
}

async function allClosed(folder: string): Promise<void> {
  const names = (await readdir(machine.path(folder))).filter((name) => name.endsWith(".mp4"));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const boxes = await topLevelBoxes(machine.path(`${folder}/${name}`));
    expect(boxes.slice(0, 3).map((box) => box.type)).toEqual(["ftyp", "mdat", "moov"]);
  }
}
