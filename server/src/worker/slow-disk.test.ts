import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { packetsOf } from "../media/made-footage.contract.ts";
import { EndlessFootage, SimulatedCamera } from "./simulated-camera.contract.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 3, 9, 12, 0, 0);
const PICTURES_PER_SECOND = 10;
let footage: EndlessFootage;

beforeAll(async () => {
  footage = await EndlessFootage.make(10, false);
});

/** A camera whose disk hangs from the first call on until `release`. */
async function stalled(name: string) {
  let release: () => void = () => {};
  let stall: Promise<void> | null = new Promise((resolve) => {
    release = () => {
      stall = null;
      resolve();
    };
  });
  const folder = join(root, name);
  const camera = await SimulatedCamera.start({ footage, folder, startMs: START_MS, stall: () => stall });
  camera.connect();
  return { camera, release };
}

async function picturesIn(camera: SimulatedCamera): Promise<number> {
  const packets = await Promise.all(camera.closed.map((one) => packetsOf(camera.path(one.name))));
  return packets.flat().length;
}

it("a disk that stalls for twenty seconds costs nothing: what comes waits in memory, and somebody is told", async () => {
  const { camera, release } = await stalled("short");
  await camera.bring(20);
  expect(camera.recorder.recording).toBe(true);
  expect(camera.recorder.diskSlow).toBe(true);
  release();
  await eventually(() => expect(camera.recorder.diskSlow).toBe(false));
  await camera.bring(10);
  await camera.end();
  expect(camera.closed).toHaveLength(1);
  expect(await picturesIn(camera)).toBeGreaterThanOrEqual(30 * PICTURES_PER_SECOND - 3);
  expect(camera.spans.map((span) => span[2])).not.toContain("disk_slow");
});

it("a disk that stalls for longer than footage may wait leaves a gap that says so, and recording goes on by itself", async () => {
  const { camera, release } = await stalled("long");
  await camera.bring(60);
  expect(camera.recorder.recording).toBe(false);
  release();
  await eventually(() => expect(camera.recorder.diskSlow).toBe(false));
  await camera.bring(10);
  expect(camera.recorder.recording).toBe(true);
  await camera.end();
  const spans = camera.spans.filter((span) => span[2] !== "restarted" && span[2] !== "stopped");
  expect(spans).toEqual([
    [expect.closeTo(0, 0), expect.closeTo(30.5, 0), "continuous"],
    [expect.closeTo(30.5, 0), expect.closeTo(60, 0), "disk_slow"],
    [expect.closeTo(60, 0), expect.closeTo(70, 0), "continuous"],
  ]);
  // What was taken before the memory was full is all there.
  expect(await picturesIn(camera)).toBeGreaterThanOrEqual(39 * PICTURES_PER_SECOND);
});
