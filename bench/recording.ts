import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { addCamera, waitUntilRecording } from "../e2e/harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import type { ProcessInfo } from "../e2e/harness/processes.ts";
import { type RigCamera, startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { makeCameraScene } from "./camera-scene.ts";
import { PlainFfmpeg } from "./plain-ffmpeg.ts";
import {
  cpuSeconds,
  decodesPictures,
  difference,
  KINDS,
  memoryBytes,
  type ProcessKind,
  total,
  type Usage,
} from "./processes.ts";

const CAMERAS = 8;
const WINDOWS = 3;
const WINDOW_SECONDS = 60;
/** Each window holds one cut of every camera by either recorder: closing files counts, ten times as often as with the default length. */
const SEGMENT_SECONDS = 60;
const WARM_UP_SECONDS = 20;
const MEMORY_READINGS = 4;
const MEMORY_READING_EVERY_SECONDS = 5;
const MEMORY_BUDGET = 2.2;
const SERVER_MEMORY_BUDGET_MB = 150;
const BYTES_PER_MB = 1_000_000;

interface Comparison {
  readonly label: string;
  readonly audio: "aac" | "pcmu";
  /** What plain ffmpeg is told to do with the streams. */
  readonly codecs: readonly string[];
  readonly thumbnails: boolean;
  /** null: only to know. */
  readonly cpuBudget: number | null;
}

const COMPARISONS: readonly Comparison[] = [
  { label: "H.264 + AAC", audio: "aac", codecs: ["-c", "copy"], thumbnails: false, cpuBudget: 1.6 },
  {
    label: "H.264 + G.711",
    audio: "pcmu",
    codecs: ["-c:v", "copy", "-c:a", "aac"],
    thumbnails: false,
    cpuBudget: 1.25,
  },
  { label: "H.264 + AAC, with thumbnails", audio: "aac", codecs: ["-c", "copy"], thumbnails: true, cpuBudget: null },
];

/**
 * Both recorders pull the same cameras at the same time, and every window is read for both: the same frames, the same cuts, and whatever
 * else the machine does hits both alike. In turns each window would need its own start and warm-up, and the noise of minutes would be in
 * the ratio; together they use a fraction of one core, so neither waits for the other. Only the memory is read while the other recorder is
 * away, because together they would share the pages of ffmpeg among twice as many.
 */
export const recording: Benchmark = {
  name: "recording",
  about: `CPU and memory of recording ${CAMERAS} RTSP cameras, 1080p25 at 2 Mbit/s, beside plain ffmpeg (its segment muxer) at the same cameras.`,
  runsWith: ["lost-frames"],
  async run(report) {
    const rows: Measurement[] = [];
    for (const comparison of COMPARISONS) {
      const scene = await makeCameraScene(comparison.audio);
      const rig = await startCameras(Array.from({ length: CAMERAS }, () => ({ scene })));
      try {
        const readings = await readBoth(comparison, rig, (text) => report(`${comparison.label}: ${text}`));
        rows.push(...cpuRows(comparison, readings.cpu), ...memoryRows(comparison, readings.memory));
      } finally {
        await stopCameras(rig);
      }
    }
    return rows;
  },
};

interface Both<T> {
  readonly nightjar: T;
  readonly plain: T;
}

interface Readings {
  /** CPU seconds in each window. */
  readonly cpu: readonly Both<Usage>[];
  /** Bytes. */
  readonly memory: Both<readonly Usage[]>;
}

async function readBoth(
  { codecs, thumbnails }: Comparison,
  rig: readonly RigCamera[],
  report: (text: string) => void,
): Promise<Readings> {
  const urls = rig.map((camera) => camera.url);
  const folder = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
  const plain = await PlainFfmpeg.start(urls, { folder, codecs, segmentSeconds: SEGMENT_SECONDS });
  let nightjar: Nightjar | null = null;
  try {
    report("plain ffmpeg alone");
    await delay(WARM_UP_SECONDS * 1000);
    const plainMemory = await readMemory(() => plain.processes());
    nightjar = await startNightjar({ environment: { NIGHTJAR_THUMBNAILS: String(thumbnails) } });
    const folders = { nightjar: join(nightjar.dataFolder, "recordings"), plain: folder };
    await recordAll(nightjar, urls);
    await delay(WARM_UP_SECONDS * 1000);
    const processes = {
      nightjar: unchanged(nightjar.processes, 1 + 2 * CAMERAS),
      plain: unchanged(() => plain.processes(), CAMERAS),
    };
    const before = { nightjar: await bytesIn(folders.nightjar), plain: await bytesIn(folders.plain) };
    const cpu: Both<Usage>[] = [];
    for (let window = 1; window <= WINDOWS; window++) {
      report(`both, window ${window} of ${WINDOWS}, ${WINDOW_SECONDS} s`);
      cpu.push(await readCpu(processes));
    }
    const recorded = {
      nightjar: (await bytesIn(folders.nightjar)) - before.nightjar,
      plain: (await bytesIn(folders.plain)) - before.plain,
    };
    expectSameFootage(recorded);
    await plain.stop();
    report("Nightjar alone");
    return { cpu, memory: { nightjar: await readMemory(processes.nightjar), plain: plainMemory } };
  } finally {
    await plain.stop();
    await nightjar?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function recordAll(nightjar: Nightjar, urls: readonly string[]): Promise<void> {
  const settings = {
    recording: { mode: "continuous", segment_seconds: SEGMENT_SECONDS },
    audio: { enabled: true, codec: "auto" },
  } as const;
  const ids: number[] = [];
  for (const url of urls) ids.push((await addCamera(nightjar, url, settings)).id);
  for (const id of ids) await waitUntilRecording(nightjar, id);
}

/**
 * Lists processes like `list`, and throws when they are not these `count`, or others than at first: then it was not steady recording. What
 * decodes thumbnails comes and goes, and counts for its worker when it has ended.
 */
function unchanged(list: () => ProcessInfo[], count: number): () => ProcessInfo[] {
  const pids = () => list().flatMap((one) => (decodesPictures(one) ? [] : [one.pid]));
  const first = String(pids());
  return () => {
    if (pids().length !== count || String(pids()) !== first)
      throw new Error(
        `There are other processes than when measuring began: ${pids()}, not ${count} that were ${first}.`,
      );
    return list();
  };
}

async function readCpu(processes: Both<() => ProcessInfo[]>): Promise<Both<Usage>> {
  const read = () => ({ nightjar: cpuSeconds(processes.nightjar()), plain: cpuSeconds(processes.plain()) });
  const before = read();
  await delay(WINDOW_SECONDS * 1000);
  const after = read();
  return {
    nightjar: difference(after.nightjar, before.nightjar),
    plain: difference(after.plain, before.plain),
  };
}

async function readMemory(list: () => ProcessInfo[]): Promise<Usage[]> {
  const readings: Usage[] = [];
  for (let i = 0; i < MEMORY_READINGS; i++) {
    if (i > 0) await delay(MEMORY_READING_EVERY_SECONDS * 1000);
    readings.push(memoryBytes(list()));
  }
  return readings;
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  // A file that is renamed at this moment is not missed among hundreds of megabytes.
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/** A recorder that records nothing would be cheap. Encoded sound differs in bit rate, and a muxer holds back what it has not flushed. */
function expectSameFootage({ nightjar, plain }: Both<number>): void {
  const ratio = nightjar / plain;
  if (!(ratio > 0.9 && ratio < 1.15))
    throw new Error(
      `Nightjar wrote ${nightjar} bytes where plain ffmpeg wrote ${plain}: this is not the same footage.`,
    );
}

function cpuRows({ label, cpuBudget }: Comparison, windows: Readings["cpu"]): Measurement[] {
  const cameraMinutes = (CAMERAS * WINDOW_SECONDS) / 60;
  const row = (what: string, secondsOf: (window: Both<Usage>) => number): Measurement => ({
    what: `${label}: CPU, ${what}`,
    unit: "s per camera-minute",
    values: windows.map((window) => secondsOf(window) / cameraMinutes),
    budget: null,
  });
  return [
    {
      what: `${label}: CPU ÷ plain ffmpeg`,
      unit: "",
      values: windows.map(({ nightjar, plain }) => total(nightjar) / total(plain)),
      budget: cpuBudget,
    },
    row("plain ffmpeg", ({ plain }) => total(plain)),
    ...KINDS.map((kind) => row(`Nightjar's ${PARTS[kind]}`, ({ nightjar }) => nightjar[kind])),
  ];
}

function memoryRows({ label }: Comparison, { nightjar, plain }: Readings["memory"]): Measurement[] {
  const perCamera = ({ worker, ffmpeg }: Usage) => (worker + ffmpeg) / CAMERAS / BYTES_PER_MB;
  const row = (what: string, readings: readonly Usage[], kind: ProcessKind): Measurement => ({
    what: `${label}: memory (PSS), ${what}`,
    unit: "MB per camera",
    values: readings.map((usage) => usage[kind] / CAMERAS / BYTES_PER_MB),
    budget: null,
  });
  const baseline = plain.reduce((sum, usage) => sum + perCamera(usage), 0) / plain.length;
  return [
    {
      what: `${label}: memory (PSS) ÷ plain ffmpeg`,
      unit: "",
      values: nightjar.map((usage) => perCamera(usage) / baseline),
      budget: MEMORY_BUDGET,
    },
    row("plain ffmpeg", plain, "ffmpeg"),
    row(`Nightjar's ${PARTS.worker}`, nightjar, "worker"),
    row(`Nightjar's ${PARTS.ffmpeg}`, nightjar, "ffmpeg"),
    {
      what: `${label}: memory (PSS), Nightjar's ${PARTS.server}`,
      unit: "MB",
      values: nightjar.map(({ server }) => server / BYTES_PER_MB),
      budget: SERVER_MEMORY_BUDGET_MB,
    },
  ];
}

const PARTS: Readonly<Record<ProcessKind, string>> = { server: "server", worker: "workers", ffmpeg: "ffmpegs" };
