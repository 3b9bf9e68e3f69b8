import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { Turns } from "../base/turns.ts";
import type { WorkerSettings } from "../ipc/messages.ts";
import { KEPT_FOR_EVER } from "../ipc/worker-storage.contract.ts";
import { PARKED_FROM, restartDelayMs } from "./restart-delay.ts";
import { SupervisedCamera } from "./supervised-camera.ts";
import type { RunningWorker, WorkerBackend } from "./worker-backend.ts";

const folder = testFolder();
const clock = new SimulatedClock(0);

const SETTINGS: WorkerSettings = {
  tenantId: 1,
  cameraId: 12,
  cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  cameraName: "Gate",
  timeZone: "UTC",
  source: { url: "pattern:clock", username: null, passwordSealed: null, transport: "tcp" },
  recordedStream: "main",
  otherStreamUrl: null,
  createdAtMs: 0,
  mode: "continuous",
  windows: null,
  preEventSeconds: 5,
  postEventSeconds: 10,
  segmentSeconds: 600,
  segmentMaxBytes: 0,
  maxBufferBytes: 1 << 20,
  audio: { enabled: false, codec: "auto" },
  segmentFolder: join(folder, "recordings"),
  thumbnailFolder: null,
  ffmpegPath: "ffmpeg",
  storage: KEPT_FOR_EVER,
  logLevel: "info",
};

/** Workers that fail as soon as they are started. */
class FailingBackend implements WorkerBackend {
  readonly workersOutliveServer = true;
  starts = 0;
  ends = 0;

  async start(): Promise<RunningWorker> {
    this.starts += 1;
    if (this.starts % 2 === 0) throw new Error("no such program");
    return this.found();
  }

  async startSuccessor(): Promise<null> {
    return null;
  }

  async endSuccessors(): Promise<void> {}

  found(): RunningWorker {
    return {
      pid: 0,
      gone: () => true,
      ending: async () => "ended with code 1",
      end: async () => {
        this.ends += 1;
      },
    };
  }
}

const backend = new FailingBackend();
const camera = new SupervisedCamera({
  settings: SETTINGS,
  workersFolder: join(folder, "workers"),
  runFolder: join(folder, "run"),
  keyFile: join(folder, "key"),
  version: "test",
  backend,
  clock,
  log: silentLog,
  turn: async () => {},
  replacing: new Turns(1),
  onReport: async () => {},
  onStatus: () => {},
});
afterAll(() => camera.stop());

const failures = () => camera.status.worker?.restarts ?? 0;

/** The wait ahead of the next attempt passes; it fails too. */
async function failsAgain(inARow: number): Promise<void> {
  const before = failures();
  await eventually(() => {
    if (failures() === before) clock.advance(restartDelayMs(inARow));
    expect(failures()).toBe(before + 1);
  });
}

describe("a worker that fails as soon as it is started", () => {
  it("is parked after the fifth time, which its status says with the reason", async () => {
    await mkdir(join(folder, "run"));
    camera.start();
    await eventually(() => expect(camera.status.worker?.restarts).toBe(1));
    for (let inARow = 1; inARow < PARKED_FROM; inARow++) {
      expect(camera.status.worker).toMatchObject({ parked: false, restarts: inARow });
      await failsAgain(inARow);
    }
    expect(camera.status).toMatchObject({
      connection: "offline",
      cause: "worker_crashed",
      last_error: expect.stringMatching(/worker of this camera ended with code 1; .*every five minutes/),
      worker: { parked: true, restarts: PARKED_FROM },
    });
    expect(camera.failure?.inARow).toBe(PARKED_FROM);
  });

  it("is kept from being started by anybody else, and tried again after five minutes", async () => {
    const { starts, ends } = backend;
    expect(ends).toBeGreaterThan(0);
    await failsAgain(PARKED_FROM);
    expect(camera.status).toMatchObject({ worker: { parked: true } });
    expect(camera.status.last_error).toContain("could not be started: no such program");
    expect(backend.starts).toBe(starts + 1);
  });

  it("is tried at once when its camera is changed", async () => {
    const { starts } = backend;
    await camera.update({ ...SETTINGS });
    expect(backend.starts).toBe(starts);
    await camera.update({ ...SETTINGS, ffmpegPath: "/usr/local/bin/ffmpeg" });
    await eventually(() => expect(backend.starts).toBe(starts + 1));
    await eventually(() => expect(camera.status.worker).toMatchObject({ parked: false, restarts: PARKED_FROM + 2 }));
  });
});
