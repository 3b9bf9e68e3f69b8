import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { CameraFigures } from "../manager/camera-figures.ts";
import type { DiskUse } from "./disk-use.ts";

const REQUEST_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];
const QUERY_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What the server measures of itself from its start on, and the text that Prometheus reads. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #queries: Histogram;

  constructor(version: string) {
    const registers = [this.#registry];
    this.#requests = new Histogram({
      name: "nightjar_http_request_duration_seconds",
      help: "From the arrival of a request until its answer begins",
      labelNames: ["method", "route", "status"],
      buckets: REQUEST_BUCKETS_SECONDS,
      registers,
    });
    this.#queries = new Histogram({
      name: "nightjar_catalog_query_duration_seconds",
      help: "Queries of the catalog",
      buckets: QUERY_BUCKETS_SECONDS,
      registers,
    });
    new Gauge({ name: "nightjar_info", help: "The program", labelNames: ["version"], registers }).set({ version }, 1);
  }

  /** A request was answered. `route`: the address as the contract has it, so that the number of series stays bounded. */
  answered(
    request: { readonly method: string; readonly route: string; readonly status: number },
    durationMs: number,
  ): void {
    this.#requests.observe({ ...request, status: String(request.status) }, durationMs / 1000);
  }

  /** The catalog has answered a query. */
  queried(durationMs: number): void {
    this.#queries.observe(durationMs / 1000);
  }

  /** All of it as text (Prometheus exposition format 0.0.4), with what cameras and disks are like now. */
  async text(cameras: readonly CameraFigures[], disks: readonly DiskUse[]): Promise<string> {
    const now = new Registry();
    addCameras(now, cameras);
    addDisks(now, disks);
    return `${await this.#registry.metrics()}\n${await now.metrics()}`;
  }
}

/** One figure of each camera: its name, what it means, and where it is taken from; null: not known, left out. */
type CameraFigure = readonly [name: string, help: string, of: (camera: CameraFigures) => number | null];

const COUNTERS: readonly CameraFigure[] = [
  ["received_bytes", "Bytes received from the camera", ({ counters }) => counters?.received_bytes ?? null],
  ["received_frames", "Pictures received from the camera", ({ counters }) => counters?.received_frames ?? null],
  ["recorded_bytes", "Bytes of footage written to the disk", ({ counters }) => counters?.recorded_bytes ?? null],
  ["worker_restarts", "Restarts of the camera's worker", ({ status }) => status.worker?.restarts ?? null],
];

const GAUGES: readonly CameraFigure[] = [
  ["connected", "1: the camera sends pictures", ({ status }) => Number(status.connection === "connected")],
  ["recording", "1: footage is being recorded", ({ status }) => Number(status.recording)],
  ["recording_wanted", "1: footage is wanted, by the mode or by a person", ({ wanted }) => Number(wanted)],
  [
    "worker_parked",
    "1: the worker failed over and over and is not started for now",
    ({ status }) => Number(status.worker?.parked ?? false),
  ],
  ["bitrate_bits_per_second", "Bit rate of what the camera sends", ({ status }) => status.bitrate_bps],
  ["frames_per_second", "Pictures a second that the camera sends", ({ status }) => status.fps],
  [
    "clock_drift_seconds",
    "How far the camera's clock has drifted in this connection",
    ({ status }) => seconds(status.clock_drift_ms),
  ],
  ["buffer_bytes", "Footage held in memory for an event to come", ({ counters }) => counters?.buffer_bytes ?? null],
  [
    "disk_queue_bytes",
    "Footage that waits in memory for the disk",
    ({ counters }) => counters?.disk_queue_bytes ?? null,
  ],
];

function addCameras(registry: Registry, cameras: readonly CameraFigures[]): void {
  const registers = [registry];
  const labelNames = ["tenant", "camera"];
  const labels = ({ tenantId, cameraId }: CameraFigures) => ({ tenant: String(tenantId), camera: String(cameraId) });
  for (const [name, help, of] of COUNTERS) {
    const counter = new Counter({ name: `nightjar_camera_${name}_total`, help, labelNames, registers });
    for (const camera of cameras) {
      // What is not known is left out: a 0 in between would make the sum so far count once more.
      const value = of(camera);
      if (value !== null) counter.inc(labels(camera), value);
    }
  }
  for (const [name, help, of] of GAUGES) {
    const gauge = new Gauge({ name: `nightjar_camera_${name}`, help, labelNames, registers });
    for (const camera of cameras) {
      const value = of(camera);
      if (value !== null) gauge.set(labels(camera), value);
    }
  }
  const gaps = new Counter({
    name: "nightjar_camera_gap_seconds_total",
    help: "Seconds without footage though some was wanted",
    labelNames: [...labelNames, "cause"],
    registers,
  });
  for (const camera of cameras)
    for (const [cause, value] of camera.gapSeconds) gaps.inc({ ...labels(camera), cause }, value);
}

function addDisks(registry: Registry, disks: readonly DiskUse[]): void {
  const options = { labelNames: ["place"], registers: [registry] };
  const size = new Gauge({
    name: "nightjar_place_size_bytes",
    help: "Size of the file system of a place for files",
    ...options,
  });
  const free = new Gauge({ name: "nightjar_place_free_bytes", help: "What may still be written there", ...options });
  for (const { name: place, sizeBytes, freeBytes } of disks) {
    if (sizeBytes !== null) size.set({ place }, sizeBytes);
    if (freeBytes !== null) free.set({ place }, freeBytes);
  }
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
