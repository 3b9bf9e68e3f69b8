import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { addCamera, endRecording, waitForStatus, waitUntilRecording } from "../e2e/harness/footage-of.ts";
import { freePort, type Nightjar, runNightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import { seededRandom } from "../e2e/harness/random.ts";
import { type RigCamera, startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import { makeScene } from "../e2e/rig/scene.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { type FrameRecord, type Hole, readFrameRecord } from "./footage-holes.ts";
import { killNow, markedEnvironment, nightjarProcesses, watchForDoubles } from "./running-nightjar.ts";

const CAMERAS = 4;
const ROUNDS = 30;
const FPS = 20;
const SCENE = { id: 4, codec: "h264", width: 320, height: 184, fps: FPS, gopFrames: 2 * FPS, audio: "none" } as const;
/** Longer than any hole: a frame's number tells when it was due. */
const SCENE_SECONDS = 120;
/** Short, so that kills meet cuts too. */
const SEGMENT_SECONDS = 30;
/** A worker that lived this long has not failed on its start: it is started again without the longer pauses of one that has. */
const STEADY_MS = 11_000;
/** A kill comes somewhere within this, whatever the phase of the key frames. */
const RANDOM_MS = 4000;
const RECORDING_AGAIN_WITHIN_MS = 60_000;

const KINDS = ["ffmpeg", "worker", "server", "all"] as const;
type Kind = (typeof KINDS)[number];

/** Seconds. What all at once takes depends on when somebody starts the server again: no budget was set for that. */
const BUDGETS: Readonly<Record<Kind, { lost: number; hole: number | null }>> = {
  ffmpeg: { lost: 1, hole: 4 },
  worker: { lost: 1, hole: 5 },
  server: { lost: 0, hole: 0 },
  all: { lost: 1, hole: null },
};

interface Kill {
  readonly kind: Kind;
  /** Place of the camera whose footage it may have hit. */
  readonly camera: number;
  readonly atMs: number;
}

/** What is looked at after each round. */
interface Round {
  readonly doubles: number;
  readonly orphans: number;
  readonly checkExitCode: number;
}

interface Outcome {
  readonly kills: readonly Kill[];
  readonly rounds: readonly Round[];
  readonly records: readonly FrameRecord[];
  readonly processesLeft: number;
}

export const kill: Benchmark = {
  name: "kill",
  about: `kill -9 of ffmpegs, workers, the server and all at once at random times, ${ROUNDS} rounds, ${CAMERAS} cameras with a key frame every 2 s.`,
  async run(report) {
    const seed = Number(process.env.BENCH_SEED ?? Date.now() % 2 ** 31);
    report(`seed ${seed}; the same kills again: BENCH_SEED=${seed}`);
    const scene = await makeScene({ ...SCENE, seconds: SCENE_SECONDS });
    const rig = await startCameras(Array.from({ length: CAMERAS }, () => ({ scene })));
    const dataFolder = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
    try {
      const outcome = await new KillTrial(rig, dataFolder, seededRandom(seed), report).run();
      for (const hole of outcome.records.flatMap((_, camera) => holesBesideKills(outcome, camera)))
        report(`a hole beside the kills: ${hole}`);
      return measurements(outcome);
    } finally {
      killNow(nightjarProcesses(dataFolder).all);
      await stopCameras(rig);
      await rm(dataFolder, { recursive: true, force: true });
    }
  },
};

/** One data folder and its cameras, from the first start to the last file read. */
class KillTrial {
  readonly #rig: readonly RigCamera[];
  readonly #dataFolder: string;
  readonly #random: () => number;
  readonly #report: (text: string) => void;
  readonly #cameraIds: number[] = [];
  readonly #kills: Kill[] = [];

  constructor(rig: readonly RigCamera[], dataFolder: string, random: () => number, report: (text: string) => void) {
    this.#rig = rig;
    this.#dataFolder = dataFolder;
    this.#random = random;
    this.#report = report;
  }

  async run(): Promise<Outcome> {
    const port = await freePort();
    let nightjar = await this.#start(port);
    for (const { url } of this.#rig)
      this.#cameraIds.push((await addCamera(nightjar, url, { recording: { segment_seconds: SEGMENT_SECONDS } })).id);
    for (const id of this.#cameraIds) await waitUntilRecording(nightjar, id);
    await delay(STEADY_MS);
    const kinds = shuffled(
      Array.from({ length: ROUNDS }, (_, i) => KINDS[i % KINDS.length] ?? "all"),
      this.#random,
    );
    const rounds: Round[] = [];
    for (const [i, kind] of kinds.entries()) {
      const watch = watchForDoubles(this.#dataFolder);
      await this.#kill(kind);
      if (kind === "server" || kind === "all") {
        await nightjar.kill();
        nightjar = await this.#start(port);
        this.#report(`the server answers ${(nightjar.readyAfterMs / 1000).toFixed(1)} s after it was started again`);
      }
      await this.#waitUntilSteady(nightjar);
      rounds.push(await this.#lookAfter(`round ${i + 1} of ${ROUNDS}, ${kind}`, await watch.stop()));
    }
    const records = await this.#readFootage(nightjar);
    await nightjar.stop();
    const left = nightjarProcesses(this.#dataFolder).all;
    for (const { pid, arguments: words } of left) this.#report(`left after the end: ${pid} ${words}`);
    return { kills: this.#kills, rounds, records, processesLeft: left.length };
  }

  #start(port: number): Promise<Nightjar> {
    return startNightjar({ dataFolder: this.#dataFolder, port, environment: markedEnvironment(this.#dataFolder) });
  }

  /** Server and all are killed at one instant; ffmpegs and workers of each camera at an instant of their own. */
  async #kill(kind: Kind): Promise<void> {
    const victims = nightjarProcesses(this.#dataFolder);
    const places = [...this.#rig.keys()];
    if (kind === "server" || kind === "all") {
      await delay(this.#random() * RANDOM_MS);
      const atMs = killNow(kind === "all" ? victims.all : victims.all.filter((one) => one === victims.server));
      this.#kills.push(...places.map((camera) => ({ kind, camera, atMs })));
      return;
    }
    const group = kind === "ffmpeg" ? victims.ffmpegs : victims.workers;
    const delays = places.map(() => this.#random() * RANDOM_MS);
    await Promise.all(
      places.map(async (camera) => {
        const [victim] = group.get(`1-${this.#cameraIds[camera]}`) ?? [];
        if (victim === undefined) throw new Error(`Camera ${this.#cameraIds[camera]} has no ${kind} to kill.`);
        await delay(delays[camera]);
        this.#kills.push({ kind, camera, atMs: killNow([victim]) });
      }),
    );
  }

  /** Every camera records again, and every worker lives for long enough. */
  async #waitUntilSteady(nightjar: Nightjar): Promise<void> {
    const killedMs = Math.max(...this.#kills.map(({ atMs }) => atMs));
    for (const id of this.#cameraIds) {
      const again = ({ recording, last_frame_at }: { recording: boolean; last_frame_at: string | null }) =>
        recording && last_frame_at !== null && Date.parse(last_frame_at) > killedMs;
      await waitForStatus(nightjar, id, "to record again", again, RECORDING_AGAIN_WITHIN_MS);
    }
    await delay(STEADY_MS);
  }

  async #lookAfter(round: string, doubles: readonly string[]): Promise<Round> {
    const { orphans } = nightjarProcesses(this.#dataFolder);
    const check = await runNightjar(this.#dataFolder, "check", "--deep");
    this.#report(`${round}: ${check.code === 0 ? "check clean" : `check ended with ${check.code}:\n${check.output}`}`);
    for (const double of doubles) this.#report(`${round}: ${double}`);
    for (const { pid, arguments: words } of orphans) this.#report(`${round}: orphan ${pid} ${words}`);
    return { doubles: doubles.length, orphans: orphans.length, checkExitCode: check.code };
  }

  async #readFootage(nightjar: Nightjar): Promise<FrameRecord[]> {
    this.#report("reading the frame numbers of all files");
    const records: FrameRecord[] = [];
    for (const [i, camera] of this.#rig.entries()) {
      const segments = await endRecording(nightjar, this.#cameraIds[i] ?? 0);
      const record = await readFrameRecord(camera, this.#dataFolder, segments);
      for (const file of record.unreadable) this.#report(`unreadable: ${file}`);
      records.push(record);
    }
    return records;
  }
}

/** A kill falls into the hole that it makes: what was sent just before is not on the disk yet. */
function holeOf({ records }: Outcome, { camera, atMs }: Kill): Hole | undefined {
  return records[camera]?.holes.find((hole) => hole.fromMs <= atMs && atMs < hole.untilMs);
}

/** A sentence for each hole of a camera that no kill falls into. */
function holesBesideKills(outcome: Outcome, camera: number): string[] {
  const kills = outcome.kills.filter((one) => one.camera === camera);
  const explained = new Set(kills.map((one) => holeOf(outcome, one)));
  const others = outcome.records[camera]?.holes.filter((hole) => !explained.has(hole)) ?? [];
  return others.map(({ fromMs, untilMs }) => {
    const before = kills.findLast(({ atMs }) => atMs <= fromMs);
    const after = before === undefined ? "" : `, ${(fromMs - before.atMs) / 1000} s after ${before.kind} was killed`;
    return `${(untilMs - fromMs) / 1000} s at camera ${camera + 1} from ${new Date(fromMs).toISOString()}${after}`;
  });
}

function measurements(outcome: Outcome): Measurement[] {
  const { kills, rounds, records, processesLeft } = outcome;
  const none = (what: string, unit: string, values: number[]): Measurement => ({ what, unit, values, budget: 0 });
  return [
    ...KINDS.flatMap((kind) => {
      const own = kills.filter((one) => one.kind === kind);
      const row = (what: string, budget: number | null, read: (one: Kill, hole: Hole) => number): Measurement => {
        const values = own.map((one) => {
          const hole = holeOf(outcome, one) ?? { fromMs: one.atMs, untilMs: one.atMs };
          return read(one, hole) / 1000;
        });
        return { what: `${kind} killed: ${what}`, unit: "s", values, budget };
      };
      return [
        row("footage lost before the kill", BUDGETS[kind].lost, ({ atMs }, hole) => atMs - hole.fromMs),
        row("whole hole", BUDGETS[kind].hole, (_, { fromMs, untilMs }) => untilMs - fromMs),
      ];
    }),
    none(
      "holes beside the kills",
      "per camera",
      records.map((_, camera) => holesBesideKills(outcome, camera).length),
    ),
    none(
      "repeated frames",
      "per camera",
      records.map(({ repeatedFrames }) => repeatedFrames),
    ),
    none(
      "unreadable files",
      "per camera",
      records.map(({ unreadable }) => unreadable.length),
    ),
    {
      what: "files",
      unit: "per camera",
      values: records.map(({ files }) => files),
      budget: null,
    },
    none(
      "two workers of a camera, or two ffmpegs of a worker",
      "per round",
      rounds.map(({ doubles }) => doubles),
    ),
    none(
      "orphans after a round",
      "processes",
      rounds.map(({ orphans }) => orphans),
    ),
    none("left after the end", "processes", [processesLeft]),
    none(
      "check --deep after a round",
      "exit code",
      rounds.map(({ checkExitCode }) => checkExitCode),
    ),
  ];
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
