// What a line between camera and recorder can do to a stream, and what a camera itself can do to it in mid-stream.
import type { Camera, GapCause } from "@nightjar/api/camera";
import { expect, test } from "@playwright/test";
import { type AccountedSpan, accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  cameraStatus,
  endRecording,
  segmentPath,
  waitForFootage,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { sampleTables } from "../../rig/boxes.ts";
import { type RigCamera, startCameras, stopCameras } from "../../rig/cameras.ts";
import { type Fault, FaultProxy } from "../../rig/fault-proxy.ts";
import { findFrameFaults, probeTracks, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene, makeSwitchingScene, type Scene } from "../../rig/scene.ts";
import { runTool } from "../../rig/tool.ts";

/** Beyond the outage itself. The rig's key frames are a second apart. */
const HOLE_BEYOND_OUTAGE_MS = 3000;
/** The recorder waits ten seconds for a picture. */
const STALL_SECONDS = 14;
const OUTAGE_SECONDS = 5;
const FAULTY_SECONDS = 8;

let nightjar: Nightjar;
let rig: RigCamera[] = [];
let scene: Scene;
let switching: Awaited<ReturnType<typeof makeSwitchingScene>>;
const lines: FaultProxy[] = [];

interface Ended {
  readonly camera: Camera;
  readonly faultMs: { readonly from: number; readonly to: number };
  readonly account: readonly AccountedSpan[];
}

/** All cameras go through their faults at the same time; each test looks at one of them. */
let scenarios: Readonly<Record<"stall" | "cut" | "slow" | "jitter" | "garbage", Promise<Ended>>>;
let switched: Promise<Camera>;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  scene = await makeSmallScene();
  switching = await makeSwitchingScene();
  const [first, ...others] = switching.pieces;
  if (first === undefined) throw new Error("a scene without pieces");
  rig = await startCameras([{ scene }, { scene: first, continuedBy: others }]);
  nightjar = await startNightjar();
  scenarios = {
    stall: putThrough({ kind: "stall" }, STALL_SECONDS),
    cut: putThrough({ kind: "cut" }, OUTAGE_SECONDS),
    slow: putThrough({ kind: "slow", bytesPerSecond: 2000 }, FAULTY_SECONDS),
    jitter: putThrough({ kind: "jitter", maxMs: 300 }, FAULTY_SECONDS),
    garbage: putThrough({ kind: "garbage", everyBytes: 2000 }, FAULTY_SECONDS),
  };
  switched = addCamera(nightjar, rigCamera(1).url, { name: "Switching" });
  // Each test waits for its own; none may end the process before.
  for (const scenario of [...Object.values(scenarios), switched]) scenario.catch(() => {});
});

test.afterAll(async () => {
  await nightjar?.stop();
  await Promise.all(lines.map((line) => line.close()));
  await stopCameras(rig);
});

function rigCamera(index: number): RigCamera {
  const camera = rig[index];
  if (camera === undefined) throw new Error(`There is no rig camera ${index}.`);
  return camera;
}

/** Records over a line of its own, makes it faulty for so long, and goes on until there are some seconds behind it. */
async function putThrough(fault: Fault, seconds: number): Promise<Ended> {
  const line = await FaultProxy.start(rigCamera(0).port);
  lines.push(line);
  const camera = await addCamera(nightjar, line.url(rigCamera(0).url), { name: fault.kind });
  await waitForFootage(nightjar, camera.id, 6);
  const from = Date.now();
  line.set(fault);
  await waitFor("the fault to have lasted", () => Date.now() - from >= seconds * 1000, { withinMs: 60_000 });
  const to = Date.now();
  line.set({ kind: "pass" });
  const healthy = (status: { recording: boolean; last_frame_at: string | null }) =>
    status.recording && Date.parse(status.last_frame_at ?? "") > to + 1000;
  await waitForStatus(nightjar, camera.id, `to record again after ${fault.kind}`, healthy, 60_000);
  // Until the newest footage is told too.
  const known = async () =>
    (await accountOf(nightjar, camera)).some((span) => span.isFootage && span.endMs > to + 4000);
  await waitFor("footage behind the fault", known, { withinMs: 60_000, everyMs: 500 });
  return { camera, faultMs: { from, to }, account: await accountOf(nightjar, camera) };
}

/** The only time without footage, from the first picture on. */
function onlyHole({ account }: Ended): { lengthMs: number; causes: readonly string[] } {
  const first = account.findIndex((span) => span.isFootage);
  const gaps = account.slice(first).filter((span) => !span.isFootage);
  const lengthMs = gaps.reduce((sum, gap) => sum + gap.endMs - gap.startMs, 0);
  expect(
    gaps.every((gap) => gap.wanted),
    describeAccount(account),
  ).toBe(true);
  return { lengthMs, causes: gaps.map((gap) => gap.what) };
}

for (const { kind, seconds, cause } of [
  { kind: "stall", seconds: STALL_SECONDS, cause: "stream_stalled" },
  { kind: "cut", seconds: OUTAGE_SECONDS, cause: "camera_offline" },
] as const satisfies readonly { kind: string; seconds: number; cause: GapCause }[]) {
  test(`a line that ${kind}s leaves a gap with its cause, no longer than the outage and three seconds`, async () => {
    const ended = await scenarios[kind];
    const { lengthMs, causes } = onlyHole(ended);
    const said = describeAccount(ended.account);
    expect(causes[0], said).toBe(cause);
    expect(causes, said).not.toContain("unknown");
    expect(lengthMs, said).toBeGreaterThan(seconds * 1000 - 1500);
    expect(lengthMs, said).toBeLessThanOrEqual(seconds * 1000 + HOLE_BEYOND_OUTAGE_MS);
    expect(accountingFaults(ended.account, ended.camera), said).toEqual([]);
    await expectReadableFiles(ended.camera);
  });
}

for (const kind of ["slow", "jitter", "garbage"] as const) {
  test(`a line with ${kind === "slow" ? "too little room" : kind} costs nothing but what it spoils: files play, the worker lives on`, async () => {
    const ended = await scenarios[kind];
    const said = describeAccount(ended.account);
    expect(accountingFaults(ended.account, ended.camera), said).toEqual([]);
    const { worker } = await cameraStatus(nightjar, ended.camera.id);
    expect(worker?.restarts).toBe(0);
    if (kind === "jitter") expect(onlyHole(ended).lengthMs, said).toBe(0);
    await expectReadableFiles(ended.camera);
  });
}

/** Every file of the camera is whole, and every packet in it can be got at, whatever the pictures look like. */
async function expectReadableFiles(camera: Camera): Promise<void> {
  const segments = await endRecording(nightjar, camera.id);
  expect(segments.length).toBeGreaterThan(0);
  for (const segment of segments) {
    const file = segmentPath(nightjar.dataFolder, segment);
    const count = ["-v", "fatal", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets"];
    const { stdout } = await runTool("ffprobe", [...count, "-of", "csv=p=0", file]);
    const [video] = (await sampleTables(file)).filter((table) => table.handler === "vide");
    expect(Number(stdout.toString()), file).toBe(video?.samples);
  }
}

test("a picture that changes its size in mid-stream, there and back, is recorded in three pieces, and no frame is lost", async () => {
  const camera = await switched;
  await waitUntilRecording(nightjar, camera.id);
  const pieceSeconds = switching.pieces[0]?.seconds ?? 0;
  await waitForFootage(nightjar, camera.id, pieceSeconds * switching.pieces.length + 2);
  const segments = await endRecording(nightjar, camera.id);
  expect(segments.length).toBeGreaterThanOrEqual(3);
  expect(new Set(segments.map((segment) => segment.run_id)).size).toBe(1);
  const files = segments.map((segment) => segmentPath(nightjar.dataFolder, segment));
  const marks = [];
  for (const file of files) {
    marks.push(...(await readFrameMarks(file)));
    expect((await probeTracks(file)).map((track) => track.codec)).toEqual(["h264"]);
  }
  const whole = { id: switching.pieces[0]?.id ?? 0, frames: switching.frames };
  expect(findFrameFaults(marks, whole).places).toEqual([]);
  for (const [index, segment] of segments.entries())
    if (index > 0) expect(segment.start).toBe(segments[index - 1]?.end);
});
