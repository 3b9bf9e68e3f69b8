import type { CameraStatus } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import type { EventHub } from "../base/event-hub.ts";
import type { Log, LogLevel } from "../base/log.ts";
import { memoryBytes } from "../base/memory.ts";
import { Turns } from "../base/turns.ts";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { RecordingRules } from "../catalog/recording-rules.ts";
import {
  type DeleteAnswer,
  type DeleteCommand,
  type FromWorker,
  type RecordAnswer,
  type RecordCommand,
  workerName,
} from "../ipc/messages.ts";
import type { LockedSpan } from "../recording/lock.ts";
import { instant, type OpenSegment, segmentToWire } from "../recording/wire.ts";
import { IdleCameraFiles } from "../storage/idle-camera-files.ts";
import type { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { AlertBoard } from "./alert-board.ts";
import { type CameraFigures, cameraFigures } from "./camera-figures.ts";
import { GapSeconds } from "./gap-seconds.ts";
import { type CameraTrouble, groupTroubles } from "./group-troubles.ts";
import { takeLeftReports } from "./left-reports.ts";
import { RecordingWatch } from "./recording-watch.ts";
import { endStrayWorkers } from "./stray-workers.ts";
import { SupervisedCamera } from "./supervised-camera.ts";
import { warningTrouble } from "./warning-troubles.ts";
import { watchInputs } from "./watch-inputs.ts";
import type { WorkerBackend } from "./worker-backend.ts";
import { maxBufferBytes, workerSettings } from "./worker-settings.ts";

/** Wanted and running workers are compared at least this often, whatever was told. */
const RECONCILE_INTERVAL_MS = 30_000;
const WATCH_INTERVAL_MS = 2000;
/** Starting a worker costs a burst of computing: at most four a second. */
const START_INTERVAL_MS = 250;

export interface CameraManagerOptions {
  readonly catalog: Catalog;
  readonly events: EventHub;
  readonly backend: WorkerBackend;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: {
    readonly recordings: string;
    /** null: no thumbnails are made while recording. */
    readonly thumbnails: string | null;
    readonly workers: string;
    readonly run: string;
    readonly keyFile: string;
  };
  readonly ffmpeg: string;
  /** Of the workers' logs. */
  readonly logLevel: LogLevel;
  readonly version: string;
  /** What workers are told of storage. */
  readonly orders: StorageOrders;
  /** A segment was closed, or a worker has ended: what footage takes, or who deletes it, has changed. */
  readonly onFootageChanged?: () => void;
}

interface Managed {
  camera: StoredCamera;
  readonly worker: SupervisedCamera;
  readonly watch: RecordingWatch;
}

/** Keeps one worker for each enabled camera, takes in what they report, and raises an alert where one does not record. */
export class CameraManager {
  readonly #options: CameraManagerOptions;
  readonly #managed = new Map<number, Managed>();
  readonly #alerts: AlertBoard;
  readonly #idleFiles: IdleCameraFiles;
  readonly #gaps: GapSeconds;
  #reconciling: Promise<void> = Promise.resolve();
  /** The comparison that has not begun yet: whoever asks for one before it does, means this one. */
  #nextReconcile: Promise<void> | null = null;
  readonly #replacing = new Turns(1);
  #watching = false;
  #nextStartMs = 0;
  #closed = false;
  #locks: ReadonlyMap<number, readonly LockedSpan[]> = new Map();
  /** Cameras that share the memory. */
  #wantedCount = 1;

  constructor(options: CameraManagerOptions) {
    this.#options = options;
    this.#alerts = new AlertBoard(options);
    this.#idleFiles = new IdleCameraFiles(options);
    this.#gaps = new GapSeconds(options.catalog);
  }

  /** Starts (or finds again) the workers of all enabled cameras, and keeps at it. */
  async start(): Promise<void> {
    await this.#alerts.clear();
    this.#regularly(RECONCILE_INTERVAL_MS, () => this.#reconcileSoon());
    this.#regularly(WATCH_INTERVAL_MS, () => void this.#watchAll());
    await this.#reconcileSoon();
    const unwanted = {
      wanted: new Set([...this.#managed.values()].map(({ worker }) => worker.name)),
      log: this.#options.log,
      onReport: this.#takeReport.bind(this),
    };
    const { places, backend } = this.#options;
    await endStrayWorkers({ ...unwanted, runFolder: places.run, backend });
    await takeLeftReports({ ...unwanted, workersFolder: places.workers });
  }

  /** A camera was made, changed or removed. Returns at once. */
  cameraChanged(_cameraId: number): void {
    void this.#reconcileSoon();
  }

  /** A schedule, the recording defaults or a lock were changed; resolves when the workers' settings say so. */
  recordingRulesChanged(): Promise<void> {
    return this.#reconcileSoon();
  }

  /** Passes a person's wish on to the camera's worker. Throws `worker_unavailable` when there is none or it does not answer. */
  async record(cameraId: number, command: RecordCommand): Promise<RecordAnswer> {
    const answer = await this.#managed.get(cameraId)?.worker.record(command);
    if (answer) return answer;
    throw new NightjarError(
      "worker_unavailable",
      `The worker of camera ${cameraId} does not answer. Is the camera switched on in its settings? Otherwise try again in a few seconds.`,
    );
  }

  /** What all cameras together write in a second, or would where recording has had to stop. */
  bytesPerSecond(): number {
    const statuses = [...this.#managed.values()].map(({ worker }) => worker.workerStatus);
    return statuses.reduce((sum, status) => sum + (status?.wanted ? (status.bitrate_bps ?? 0) / 8 : 0), 0);
  }

  /** Whether a worker serves the camera, or will: only it deletes its footage. */
  hasWorker(cameraId: number): boolean {
    return this.#managed.has(cameraId);
  }

  /** Has the camera's worker delete segments; null: it does not answer, or there is none. */
  async deleteByWorker(cameraId: number, command: DeleteCommand): Promise<DeleteAnswer | null> {
    return (await this.#managed.get(cameraId)?.worker.delete(command)) ?? null;
  }

  /** null: no worker is wanted for it, or none is known yet. */
  status(cameraId: number): CameraStatus | null {
    return this.#managed.get(cameraId)?.worker.status ?? null;
  }

  /** Segments that are not closed yet, as far as they are on the disk; oldest first. */
  openSegments(cameraId: number): readonly OpenSegment[] {
    const open = this.#managed.get(cameraId)?.worker.workerStatus?.open_segments ?? [];
    return open.map((segment) => ({
      name: segment.name,
      startMs: segment.start_ms,
      endMs: segment.end_ms,
      sizeBytes: segment.size_bytes,
    }));
  }

  /** Every camera that has a worker, or should have one, in numbers. */
  figures(): readonly CameraFigures[] {
    const nowMs = this.#options.clock.nowMs();
    return [...this.#managed.values()].map(({ camera, worker }) =>
      cameraFigures(camera, worker, { gapSeconds: this.#gaps.of(camera.id, nowMs), nowMs }),
    );
  }

  /** Stops all workers, every open segment closed; `keepWorkers` lets them go on for the next server to find. */
  async close(how: { readonly keepWorkers: boolean }): Promise<void> {
    this.#closed = true;
    await this.#reconciling;
    const all = [...this.#managed.values()];
    await Promise.all(all.map(({ worker }) => (how.keepWorkers ? worker.release() : worker.stop())));
  }

  /** One comparison at a time; the answer comes when one that began after this call is done. */
  #reconcileSoon(): Promise<void> {
    this.#nextReconcile ??= this.#reconciling.then(async () => {
      this.#nextReconcile = null;
      if (this.#closed) return;
      try {
        await this.#reconcile();
      } catch (error) {
        this.#options.log.error("wanted and running workers could not be compared; it is tried again", { error });
      }
    });
    this.#reconciling = this.#nextReconcile;
    return this.#reconciling;
  }

  async #reconcile(): Promise<void> {
    const wanted = new Map(
      (await this.#options.catalog.acrossTenants.enabledCameras()).map((camera) => [camera.id, camera]),
    );
    this.#wantedCount = wanted.size;
    const rules = await this.#options.catalog.acrossTenants.recordingRules();
    this.#locks = await this.#options.catalog.acrossTenants.locksByCamera();
    for (const managed of [...this.#managed.values()]) {
      if (!wanted.has(managed.camera.id)) await this.#stopManaging(managed);
    }
    for (const camera of wanted.values()) {
      const managed = this.#managed.get(camera.id);
      if (managed === undefined) {
        await this.#gaps.begin(camera, this.#options.clock.nowMs());
        this.#manage(camera, rules);
      } else {
        managed.camera = camera;
        await managed.worker.update(this.#settingsOf(camera, rules));
      }
    }
    await this.#idleFiles.update(wanted);
  }

  #settingsOf(camera: StoredCamera, rules: RecordingRules) {
    const { places, ffmpeg, logLevel } = this.#options;
    const told = {
      recordings: places.recordings,
      thumbnails: places.thumbnails,
      ffmpeg,
      logLevel,
      maxBufferBytes: maxBufferBytes(memoryBytes(), this.#wantedCount),
    };
    const locks = this.#locks.get(camera.id) ?? [];
    return workerSettings(camera, rules, told, { orders: this.#options.orders, locks });
  }

  #manage(camera: StoredCamera, rules: RecordingRules): void {
    const { places, version, backend, clock, log } = this.#options;
    const worker = new SupervisedCamera({
      settings: this.#settingsOf(camera, rules),
      workersFolder: places.workers,
      runFolder: places.run,
      keyFile: places.keyFile,
      version,
      backend,
      clock,
      log,
      turn: () => this.#turn(),
      replacing: this.#replacing,
      onReport: (message, workerUuid) =>
        this.#takeReport({ tenantId: camera.tenantId, cameraId: camera.id }, message, workerUuid),
      onStatus: () => this.#publishStatus(camera),
    });
    this.#managed.set(camera.id, { camera, worker, watch: new RecordingWatch() });
    worker.start();
  }

  async #stopManaging(managed: Managed): Promise<void> {
    await managed.worker.stop();
    this.#managed.delete(managed.camera.id);
    this.#gaps.forget(managed.camera.id);
    this.#options.onFootageChanged?.();
  }

  /** Spaces the starts of workers. */
  async #turn(): Promise<void> {
    const { clock } = this.#options;
    const atMs = Math.max(clock.monotonicMs(), this.#nextStartMs);
    this.#nextStartMs = atMs + START_INTERVAL_MS;
    const waitMs = atMs - clock.monotonicMs();
    if (waitMs > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }

  async #takeReport(
    { tenantId, cameraId }: { tenantId: number; cameraId: number },
    message: Extract<FromWorker, { type: "report" }>,
    workerUuid: string,
  ): Promise<void> {
    const { sequence, report } = message;
    const outcome = await this.#options.catalog.acrossTenants.takeReport({
      workerName: workerName(tenantId, cameraId),
      workerUuid,
      sequence,
      tenantId,
      cameraId,
      report,
    });
    if (outcome.kind === "refused") this.#options.log.error(outcome.reason, { camera: cameraId });
    if (outcome.kind === "noted" && report.kind === "ledger_noted") this.#gaps.noted(cameraId, report);
    if (outcome.kind === "deleted") {
      const ends = { start: instant(outcome.startMs), end: instant(outcome.endMs) };
      this.#options.events.publish({ tenantId, event: { type: "footage.deleted", camera_id: cameraId, ...ends } });
    }
    if (outcome.kind !== "stored") return;
    if (report.kind === "segment_closed") this.#options.onFootageChanged?.();
    if (outcome.note !== null) this.#options.log.warn(outcome.note);
    const segment = segmentToWire(outcome.segment, this.openSegments(cameraId));
    this.#options.events.publish({ tenantId, event: { type: "segment.changed", segment } });
  }

  #publishStatus(camera: StoredCamera): void {
    const status = this.status(camera.id);
    if (status !== null)
      this.#options.events.publish({ tenantId: camera.tenantId, event: { type: "camera.status", status } });
  }

  /** One at a time: a catalog that answers slowly must not let alerts overtake one another. */
  async #watchAll(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    try {
      await this.#alerts.show(groupTroubles([...this.#managed.values()].flatMap((managed) => this.#troubles(managed))));
    } finally {
      this.#watching = false;
    }
  }

  #troubles({ camera, worker, watch }: Managed): CameraTrouble[] {
    const { clock } = this.#options;
    const trouble = watch.check(watchInputs(worker, clock.nowMs()), clock.monotonicMs());
    // A worker that an earlier version of the server has left may not know of warnings.
    const warnings = (worker.workerStatus?.warnings ?? []).map(warningTrouble);
    return [...(trouble === null ? [] : [trouble]), ...warnings].map((one) => ({ camera, trouble: one }));
  }

  #regularly(intervalMs: number, action: () => void): void {
    this.#options.clock.after(intervalMs, () => {
      if (this.#closed) return;
      action();
      this.#regularly(intervalMs, action);
    });
  }
}
