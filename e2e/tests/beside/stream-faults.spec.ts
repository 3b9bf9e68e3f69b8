// What the network and cameras do to a stream in its middle. All cameras suffer at the same time, each from its own fault.
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import type { Segment } from "@nightjar/api/recording";
import { systemRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import { type AccountedSpan, accountingFaults, accountOf, describeAccount } from "../../harness/accounting.ts";
import {
  addCamera,
  cameraStatus,
  endRecording,
  listSegments,
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
import { makeSmallScene, makeSwitchingScene } from "../../rig/scene.ts";
import { runTool } from "../../rig/tool.ts";

/** Beyond the outage itself. The rig's key frames are a second apart. */
const HOLE_BEYOND_OUTAGE_MS = 3000;
/** A stalled camera is noticed by the pictures that do not come for 10 s. */
const STALL_SEEN_WITHIN_MS = 13_000;
const OUTAGE_MS = 8000;

interface Suffering {
  readonly camera: Camera;
  readonly status: CameraStatus;
  readonly statusBefore: CameraStatus;
  readonly segments: readonly Segment[];
  readonly account: readonly AccountedSpan[];
  /** From the fault to its end. */
  readonly outageMs: number;
  readonly faultAtMs: number;
  /** From the fault until the status told a cause. */
  readonly noticed: { readonly afterMs: number; readonly status: CameraStatus } | null;
}

let nightjar: Nightjar;
let rig: RigCamera[] = [];
const proxies: FaultProxy[] = [];
let switching: Awaited<ReturnType<typeof makeSwitchingScene>>;
let small: Awaited<ReturnType<typeof makeSmallScene>>;
const outcomes = new Map<string, Promise<Suffering>>();

const FAULTS: Readonly<
  Record<string, { readonly fault: Fault; readonly cause?: CameraStatus["cause"]; readonly forMs: number }>
> = {
  stall: { fault: { kind: "stall" }, cause: "stream_stalled", forMs: 0 },
  cut: { fault: { kind: "cut" }, cause: "camera_offline", forMs: OUTAGE_MS },
  // A third of what the camera sends.
  slow: { fault: { kind: "slow", bytesPerSecond: 2500 }, forMs: 15_000 },
  jitter: { fault: { kind: "jitter", maxMs: 300 }, forMs: 15_000 },
  garbage: { fault: { kind: "garbage", everyBytes: 2000 }, forMs: 15_000 },
};

test.beforeAll(async () => {
  test.setTimeout(240_000);
  small = await makeSmallScene("h264", "pcmu");
  switching = await makeSwitchingScene();
  const [first, ...rest] = switching.pieces;
  if (first === undefined) throw new Error("The scene has no pieces.");
  rig = await startCameras([{ scene: small }, { scene: first, continuedBy: rest }]);
  nightjar = await startNightjar();
  for (const [name, { fault, cause, forMs }] of Object.entries(FAULTS)) {
    const outcome = suffer(name, fault, cause, forMs);
    // Each test looks at its own.
    outcome.catch(() => {});
    outcomes.set(name, outcome);
  }
});

test.afterAll(async () => {
  await nightjar?.stop();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await stopCameras(rig);
});

function rigCamera(index: number): RigCamera {
  const camera = rig[index];
  if (camera === undefined) throw new Error(`There is no rig camera ${index}.`);
  return camera;
}

/** Records a camera through a line that gets a fault and is well again, until there is footage behind that. */
async function suffer(
  name: string,
  fault: Fault,
  cause: CameraStatus["cause"] | undefined,
  forMs: number,
): Promise<Suffering> {
  const { port, url } = rigCamera(0);
  const proxy = await FaultProxy.start(port);
  proxies.push(proxy);
  const camera = await addCamera(nightjar, proxy.url(url), { name });
  await waitForFootage(nightjar, camera.id, 5);
  const statusBefore = await cameraStatus(nightjar, camera.id);
  const faultAtMs = Date.now();
  proxy.set(fault);
  const noticed = cause === undefined ? null : await notice(camera.id, faultAtMs, cause);
  await elapsed(faultAtMs, forMs);
  proxy.set({ kind: "pass" });
  const endedMs = Date.now();
  await waitUntilRecording(nightjar, camera.id);
  await footageBehind(camera.id, endedMs + 4000);
  const status = await cameraStatus(nightjar, camera.id);
  const segments = await endRecording(nightjar, camera.id);
  const account = await accountOf(nightjar, camera);
  return { camera, status, statusBefore, segments, account, outageMs: endedMs - faultAtMs, faultAtMs, noticed };
}

async function notice(cameraId: number, faultAtMs: number, cause: CameraStatus["cause"]) {
  const status = await waitForStatus(nightjar, cameraId, `to tell ${cause}`, (one) => one.cause === cause, 30_000);
  return { afterMs: Date.now() - faultAtMs, status };
}

/** Waits until so much time has passed since an instant. */
function elapsed(sinceMs: number, forMs: number): Promise<true> {
  return waitFor("the fault to last", () => Date.now() - sinceMs >= forMs, { withinMs: forMs + 1000 });
}

function footageBehind(cameraId: number, atMs: number): Promise<true> {
  const probe = async () => Date.parse((await listSegments(nightjar, cameraId)).at(-1)?.end ?? "") > atMs;
  return waitFor(`footage of camera ${cameraId} behind the fault`, probe, { withinMs: 60_000, everyMs: 500 });
}

async function outcomeOf(name: string): Promise<Suffering> {
  const outcome = await outcomes.get(name);
  if (outcome === undefined) throw new Error(`Nothing suffers from ${name}.`);
  expect(accountingFaults(outcome.account, outcome.camera), describeAccount(outcome.account)).toEqual([]);
  // One worker all the time: no fault of a camera may end it.
  expect(outcome.status.worker).toEqual(outcome.statusBefore.worker);
  return outcome;
}

/** The gaps behind the start-up: what the fault did. */
function gapsAfter({ account, faultAtMs }: Suffering): AccountedSpan[] {
  return account.filter((span) => !span.isFootage && span.wanted && span.endMs > faultAtMs && span.what !== "stopped");
}

function marksOf(segments: readonly Segment[]) {
  return Promise.all(segments.map((segment) => readFrameMarks(segmentPath(nightjar.dataFolder, segment))));
}

test("a camera that keeps its connection and sends nothing is stalled within seconds, and the hole ends when it comes to itself", async () => {
  const outcome = await outcomeOf("stall");
  expect(outcome.noticed?.afterMs).toBeLessThan(STALL_SEEN_WITHIN_MS);
  expect(outcome.noticed?.status.last_error).toMatch(/no picture/);
  const gaps = gapsAfter(outcome);
  expect(
    gaps.map((gap) => gap.what),
    describeAccount(outcome.account),
  ).toEqual(["stream_stalled"]);
  const holeMs = (gaps.at(-1)?.endMs ?? 0) - (gaps[0]?.startMs ?? 0);
  expect(holeMs).toBeLessThan(outcome.outageMs + HOLE_BEYOND_OUTAGE_MS);
  for (const marks of await marksOf(outcome.segments)) expect(findFrameFaults(marks, small).places).toEqual([]);
});

test("a cut connection leaves a hole of at most the outage and three seconds, told as the camera's", async () => {
  const outcome = await outcomeOf("cut");
  const gaps = gapsAfter(outcome);
  expect(
    gaps.map((gap) => gap.what),
    describeAccount(outcome.account),
  ).toEqual(["camera_offline"]);
  const holeMs = (gaps[0]?.endMs ?? 0) - (gaps[0]?.startMs ?? 0);
  expect(holeMs).toBeGreaterThan(outcome.outageMs - 2000);
  expect(holeMs).toBeLessThan(outcome.outageMs + HOLE_BEYOND_OUTAGE_MS);
  for (const marks of await marksOf(outcome.segments)) expect(findFrameFaults(marks, small).places).toEqual([]);
});

test("a line that is slower than the stream costs only what does not come through, and the recording goes on", async () => {
  const outcome = await outcomeOf("slow");
  const faults = findFrameFaults((await marksOf(outcome.segments)).flat(), small);
  expect(faults.repeated, faults.places.join("\n")).toBe(0);
  expect(faults.unreadable, faults.places.join("\n")).toBe(0);
});

test("a line that delivers in bursts costs no frame, and no new connection", async () => {
  const outcome = await outcomeOf("jitter");
  expect(gapsAfter(outcome), describeAccount(outcome.account)).toEqual([]);
  expect(findFrameFaults((await marksOf(outcome.segments)).flat(), small).places).toEqual([]);
  expect(new Set(outcome.segments.map((segment) => segment.run_id)).size).toBe(1);
});

test("garbage on the line neither ends the worker nor spoils a file: each can be read to its end", async () => {
  const outcome = await outcomeOf("garbage");
  expect((await nightjar.client(systemRoutes.health, {})).status).toBe("ok");
  for (const segment of outcome.segments) {
    const file = segmentPath(nightjar.dataFolder, segment);
    const tables = (await sampleTables(file)).map(({ handler, samples }) => `${handler} ${samples}`);
    const entries = ["-count_packets", "-show_entries", "stream=codec_type,nb_read_packets", "-of", "csv=p=0"];
    // Pictures may be damaged, of which the decoder complains; their container may not.
    const { stdout } = await runTool("ffprobe", ["-v", "fatal", ...entries, file]);
    const packets = stdout.toString("utf8").trim().split("\n");
    const names = packets.map((line) => line.replace("video,", "vide ").replace("audio,", "soun "));
    expect(names.sort()).toEqual(tables.sort());
  }
  // What came before and behind it is whole.
  const last = outcome.segments.at(-1);
  if (last !== undefined && Date.parse(last.start) > outcome.faultAtMs + outcome.outageMs)
    await probeTracks(segmentPath(nightjar.dataFolder, last));
});

test("a stream that changes its picture size, and back, becomes pieces that all play, and no frame is lost", async () => {
  const camera = await addCamera(nightjar, rigCamera(1).url, { name: "Switches" });
  const seconds = switching.frames / small.fps;
  await waitForFootage(nightjar, camera.id, seconds + 2);
  const segments = await endRecording(nightjar, camera.id);
  expect(new Set(segments.map((segment) => segment.run_id)).size).toBe(1);
  const account = await accountOf(nightjar, camera);
  expect(accountingFaults(account, camera), describeAccount(account)).toEqual([]);
  const marks = await marksOf(segments);
  expect(findFrameFaults(marks.flat(), { id: 5, frames: switching.frames }).places).toEqual([]);
  const widths: number[] = [];
  for (const segment of segments) {
    const file = segmentPath(nightjar.dataFolder, segment);
    expect((await probeTracks(file)).map((track) => track.codec)).toEqual(["h264"]);
    widths.push(...(await widthsOf(file)));
  }
  // Joined in its middle, the scene begins with any of its sizes; each file has one only, and each change begins one.
  expect(widths.length).toBe(segments.length);
  const changes = widths.filter((width, i) => i > 0 && width !== widths[i - 1]);
  expect(changes.length).toBeGreaterThanOrEqual(2);
  expect(widths.length).toBe(changes.length + 1);
});

/** The width that the file says, and every other one that its pictures have. */
async function widthsOf(file: string): Promise<number[]> {
  const entries = ["-select_streams", "v:0", "-show_entries", "stream=width:frame=width", "-of", "csv=p=0"];
  const { stdout } = await runTool("ffprobe", ["-v", "error", ...entries, file]);
  const widths = stdout.toString("utf8").match(/\d+/g) ?? [];
  return [...new Set(widths.map(Number))];
}
