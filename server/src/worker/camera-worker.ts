// Long because it is where everything meets that one worker does.

import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { GapCause } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import type { Log, LogLevel } from "../base/log.ts";
import { replaceFile } from "../base/replace-file.ts";
import type { SecretBox } from "../base/sealed-secret.ts";
import { ChainKeeper } from "../footage/chain-keeper.ts";
import { type HandOver, takeHandOver, writeHandOver } from "../ipc/hand-over.ts";
import type {
  DeleteAnswer,
  DeleteCommand,
  HandOverAt,
  RecordAnswer,
  RecordCommand,
  WorkerCounters,
  WorkerSettings,
  WorkerStatus,
} from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import type { ManualState } from "../recording/recording-decision.ts";
import { accountForAbsence } from "./absence.ts";
import { CameraFile, requireOwnFolder } from "./camera-file.ts";
import { CameraLive } from "./camera-live.ts";
import { continuation, sampleHash } from "./continuation.ts";
import { FootageRetention } from "./footage-retention.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Ingest, type IngestListener, type IngestState } from "./ingest.ts";
import { ingestSettings } from "./ingest-settings.ts";
import { Ledger } from "./ledger.ts";
import { type LeftBehind, readLeftBehind, readManual } from "./left-behind.ts";
import { RecordingControl } from "./recording-control.ts";
import { ReportSender, type ReportSenderOptions } from "./report-sender.ts";
import { SegmentRecorder } from "./segment-recorder.ts";
import { readWorkerSettings } from "./settings-file.ts";
import type { Standby, StandbyRun } from "./standby.ts";
import { StorageGuard } from "./storage-guard.ts";
import { StreamMeter } from "./stream-meter.ts";
import { Thumbnailer } from "./thumbnailer.ts";
import { workerWarnings } from "./warnings.ts";

/** What has changed is told at once; this is for figures that always move. */
const STATUS_INTERVAL_MS = 2000;
const MANUAL_FILE = "manual.json";
/** Whether footage may be written still is looked at this often: what is free changes without us. */
const STORAGE_CHECK_MS = 5000;
/** Whoever is to hand over at a sync sample, and gets none, ends anyway. */
const SYNC_WITHIN_MS = 30_000;

export interface CameraWorkerOptions extends Pick<ReportSenderOptions, "socketPath" | "journalPath" | "version"> {
  readonly settingsPath: string;
  /** The worker's own folder: its heartbeat, the end of the camera's chain, what a person asked for. */
  readonly stateFolder: string;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
  /** `nightjar.recordings`: what becomes of footage. */
  readonly recordingsLog: Log;
  /** What this worker has from the camera while its predecessor recorded; null where it follows nobody. */
  readonly standby: Standby | null;
  /** How much shall be logged from now on. */
  readonly onLogLevel: (level: LogLevel | undefined) => void;
  /** The volume of the recordings has come, with footage that this worker does not know: it is time to close, and to be started again. */
  readonly onStartAnew: () => void;
  /** A successor takes over: it is time to close, and to end. */
  readonly onHandedOver: () => void;
}

/** Asked in the moment before the worker is ready. */
const NOT_READY: RecordAnswer = { recording: false, keptSeconds: null };
const CANNOT_DELETE_YET: DeleteAnswer = {
  deleted: [],
  moved: [],
  refused: [],
  problem: "The worker is not ready yet.",
};

interface WorkerParts {
  readonly reports: ReportSender;
  readonly ledger: Ledger;
  readonly heartbeat: Heartbeat;
  readonly chain: ChainKeeper;
  readonly left: LeftBehind;
  readonly manual: ManualState;
  readonly guard: StorageGuard;
}

/** Everything one worker process does for its camera. `start()` once, `close()` once. */
export class CameraWorker {
  readonly #options: CameraWorkerOptions;
  #settings: WorkerSettings;
  readonly #recorder: SegmentRecorder;
  readonly #thumbnailer: Thumbnailer;
  readonly #control: RecordingControl;
  readonly #ledger: Ledger;
  readonly #heartbeat: Heartbeat;
  readonly #cameraFile = new CameraFile();
  readonly #guard: StorageGuard;
  #retention: FootageRetention | null = null;
  readonly #reports: ReportSender;
  #ingest: Ingest | null = null;
  readonly #live: CameraLive;
  #state: IngestState = { connection: "connecting", cause: null, lastError: null, ffmpegMissing: false };
  #stream: { readonly init: StreamInit; readonly audioCodec: string | null; readonly meter: StreamMeter } | null = null;
  #lastFrameMs: number | null = null;
  #received = { bytes: 0, frames: 0 };
  #changing: Promise<void> = Promise.resolve();
  #statusDue = false;
  #closed = false;
  #handingOver = false;
  readonly #listener: IngestListener = {
    runStarted: (runId, init, audioCodec) => {
      this.#stream = { init, audioCodec, meter: new StreamMeter(init) };
      this.#control.runStarted(runId, init);
      this.#live.began(init);
    },
    initChanged: (init) => {
      if (this.#stream !== null) this.#stream = { ...this.#stream, init };
      this.#control.initChanged(init);
      this.#live.began(init);
      this.#sendStatusSoon();
    },
    fragment: (fragment, arrivalMs) => this.#take(fragment, arrivalMs),
    runEnded: (cause) => {
      this.#stream = null;
      this.#control.runEnded(cause);
      this.#live.runEnded();
    },
    stateChanged: (state) => {
      this.#state = state;
      if (state.connection === "offline" && state.cause !== null) this.#control.impeded(state.cause);
      this.#live.stateChanged(state);
      this.#sendStatusSoon();
    },
  };

  private constructor(options: CameraWorkerOptions, settings: WorkerSettings, parts: WorkerParts) {
    const { clock, log } = options;
    const { reports, ledger } = parts;
    this.#options = options;
    this.#settings = settings;
    this.#reports = reports;
    this.#ledger = ledger;
    this.#heartbeat = parts.heartbeat;
    this.#guard = parts.guard;
    this.#thumbnailer = new Thumbnailer({ settings, clock, log: log.named("thumbnails") });
    this.#live = new CameraLive({ ...options, settings, tap: this.#thumbnailer.second, log: log.named("live") });
    this.#recorder = new SegmentRecorder({
      settings,
      clock,
      log: log.named("recordings"),
      chain: parts.chain,
      footageEndMs: parts.left.footageEndMs,
      prepareFolder: () => this.#writeCameraFile(),
      mayWrite: () => this.#guard.mayWrite(),
      report: (report) => {
        reports.report(report);
        this.#sendStatusSoon();
      },
      onKeyFrame: (segment, fragment, init) => this.#thumbnailer.take(segment, fragment, init),
      onFootage: (startMs, recording, trueMs) => ledger.note(startMs, { kind: "recorded", recording }, trueMs),
      onFootageEnd: (endMs, cause) =>
        ledger.note(endMs, cause === null ? this.#control.idleState : { kind: "gap", cause }),
    });
    this.#control = new RecordingControl({
      settings,
      recorder: this.#recorder,
      ledger,
      clock,
      manual: parts.manual,
      onManual: (manual) => this.#keepManual(manual),
      onChanged: () => {
        this.#sendStatusSoon();
        setImmediate(() => this.#holdSecond());
      },
    });
  }

  /** Reads the settings, mends what a crash left, listens for the server and connects to the camera. */
  static async start(options: CameraWorkerOptions): Promise<CameraWorker> {
    const settings = await readWorkerSettings(options.settingsPath);
    options.onLogLevel(settings.logLevel);
    await requireOwnFolder(settings);
    let started: CameraWorker | null = null;
    const reports = await ReportSender.start({
      ...options,
      startedAtMs: options.clock.nowMs(),
      onSettingsChanged: () => started?.settingsChanged(),
      onRecord: (command) => started?.record(command) ?? NOT_READY,
      onDelete: async (command) => (await started?.delete(command)) ?? CANNOT_DELETE_YET,
      onHandOver: (at) => started?.handOver(at),
    });
    const { segmentFolder: folder, createdAtMs } = settings;
    const guard = new StorageGuard(settings);
    await guard.begin();
    const left = await readLeftBehind(folder);
    const ledger = await Ledger.open({
      folder: join(folder, "ledger"),
      clock: options.clock,
      log: options.log.named("ledger"),
      report: (entry) => reports.report({ kind: "ledger_noted", ...entry }),
      mayWrite: () => guard.requireVolume(),
    });
    const { stateFolder, clock } = options;
    const { heartbeat, lastLife } = await Heartbeat.start(join(stateFolder, "heartbeat.json"), clock);
    const handOver = await takeHandOver(stateFolder);
    const { footageEndMs } = left;
    accountForAbsence(ledger, lastLife, { footageEndMs, createdAtMs, handedOver: handOver !== null });
    const chain = await ChainKeeper.open(join(stateFolder, "chain"), folder, left);
    const manual = await readManual(join(stateFolder, MANUAL_FILE));
    const worker = new CameraWorker(options, settings, { reports, ledger, heartbeat, chain, left, manual, guard });
    started = worker;
    await worker.#writeCameraFile();
    await worker.#live.offer();
    if (options.standby === null) worker.#connect();
    else await worker.#takeOver(options.standby, footageEndMs, handOver);
    worker.#sendStatusRegularly();
    worker.#checkStorageRegularly();
    // In the background: hashing a long segment must not hold up the recording.
    if (!guard.awaitsVolume) void worker.#mend(left.names);
    worker.#retention = await FootageRetention.start({
      settings: () => worker.#settings,
      clock,
      log: options.recordingsLog,
      journalPath: join(stateFolder, "deletions.jsonl"),
      beliefPath: join(stateFolder, "clock-believed"),
      newestMs: left.footageEndMs,
      report: (report) => {
        reports.report(report);
        return reports.written();
      },
    });
    worker.#thumbnailer.start();
    return worker;
  }

  /** Deletes segments that the server names. */
  async delete(command: DeleteCommand): Promise<DeleteAnswer> {
    return (await this.#retention?.delete(command)) ?? CANNOT_DELETE_YET;
  }

  /** A person wants footage now, or no more, or what has just passed. */
  record({ action, seconds }: RecordCommand): RecordAnswer {
    const kept = action === "keep" ? this.#control.keep(seconds ?? this.#settings.preEventSeconds) : null;
    if (action === "start") this.#control.startManual(seconds);
    if (action === "stop") this.#control.stopManual();
    return {
      recording: this.#control.decision.record || this.#recorder.recording,
      keptSeconds: kept?.keptSeconds ?? null,
    };
  }

  /** A successor takes the camera over, at a sync sample if it has the camera's footage too: what it needs to know is written down. */
  handOver(at: HandOverAt): void {
    if (this.#handingOver) return;
    this.#handingOver = true;
    let ended = false;
    const end = async (nextSync: string | null): Promise<void> => {
      if (ended) return;
      ended = true;
      await writeHandOver(this.#options.stateFolder, { nextSync }).catch((error: unknown) =>
        this.#options.log.error("the successor cannot be told where to go on", { error }),
      );
      this.#options.onHandedOver();
    };
    this.#options.log.info("another worker takes over", { at });
    if (at === "once" || !this.#recorder.recording) return void end(null);
    this.#control.endAheadOfSync((sync) => void end(sampleHash(sync)));
    this.#options.clock.after(SYNC_WITHIN_MS, () => void end(null));
  }

  /** The server has written new settings: what can change while recording does, the rest connects anew. */
  settingsChanged(): void {
    this.#changing = this.#changing.then(async () => {
      try {
        if (!this.#closed) await this.#apply(await readWorkerSettings(this.#options.settingsPath));
      } catch (error) {
        this.#options.log.error("changed settings could not be taken over", { error });
      }
    });
  }

  async #apply(settings: WorkerSettings): Promise<void> {
    const before = this.#settings;
    this.#settings = settings;
    this.#guard.update(settings);
    this.#options.onLogLevel(settings.logLevel);
    this.#recorder.update(settings);
    this.#thumbnailer.update(settings);
    this.#control.update(settings);
    if (!isDeepStrictEqual(before.storage, settings.storage)) {
      this.#retention?.settingsChanged();
      void this.#recorder.checkStorage();
    }
    void this.#writeCameraFile();
    const { secretBox } = this.#options;
    const sameStream = isDeepStrictEqual(ingestSettings(before, secretBox), ingestSettings(settings, secretBox));
    if (!sameStream) await this.#ingest?.close("restarted");
    await this.#live.apply(settings);
    this.#holdSecond();
    if (!sameStream) this.#connect();
    this.#sendStatusSoon();
  }

  #connect(): void {
    const { clock, log, secretBox } = this.#options;
    this.#ingest = new Ingest(ingestSettings(this.#settings, secretBox), this.#listener, clock, log.named("ingest"));
    this.#ingest.start();
  }

  /** Goes on with the connection and the footage of the time of standing by, where the settings are still the same. */
  async #takeOver(standby: Standby, footageEndMs: number, handOver: HandOver | null): Promise<void> {
    const same = isDeepStrictEqual(standby.settings, ingestSettings(this.#settings, this.#options.secretBox));
    if (!same) await standby.close();
    const footage = same ? standby.takeOver(this.#listener) : null;
    if (footage === null) return this.#connect();
    this.#ingest = footage.ingest;
    this.#listener.stateChanged(footage.state);
    if (footage.run !== null) this.#goOn(footage.run, footageEndMs, handOver?.nextSync ?? null);
  }

  #goOn(run: StandbyRun, footageEndMs: number, nextSync: string | null): void {
    const { arrived } = run;
    let init = arrived[0]?.init ?? run.init;
    this.#listener.runStarted(run.id, init, run.audioCodec);
    for (const { fragment, arrivalMs } of arrived) this.#control.observe(fragment, arrivalMs);
    const { from, joins } = continuation(arrived, { footageEndMs, nextSync });
    this.#options.log.info("took over", { heldFragments: arrived.length, from, joins });
    if (joins) this.#recorder.joinFootage();
    for (const { fragment, arrivalMs, ...one } of arrived.slice(from)) {
      if (one.init !== init) this.#listener.initChanged(one.init);
      init = one.init;
      this.#listener.fragment(fragment, arrivalMs);
    }
  }

  /** Thumbnails are made of the smaller stream while the larger is recorded. */
  #holdSecond(): void {
    const { recordedStream, thumbnailFolder } = this.#settings;
    const thumbnails = recordedStream === "main" && thumbnailFolder !== null && this.#control.decision.record;
    this.#live.holdSecond(thumbnails && !this.#closed);
  }

  #take(fragment: Fragment, arrivalMs: number): void {
    this.#lastFrameMs = arrivalMs;
    this.#received.bytes += fragment.sizeBytes;
    this.#received.frames += this.#stream?.meter.take(fragment) ?? 0;
    this.#control.take(fragment, arrivalMs);
    this.#live.take(fragment);
  }

  async #mend(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#recorder.mend(join(this.#settings.segmentFolder, name));
  }

  /** A folder that cannot be written is told by the segment that cannot be created in it, and tried again with the next. */
  async #writeCameraFile(): Promise<void> {
    await this.#guard
      .requireVolume()
      .then(() => this.#cameraFile.write(this.#settings.segmentFolder, this.#settings))
      .catch(() => {});
  }

  #keepManual(manual: ManualState): void {
    replaceFile(join(this.#options.stateFolder, MANUAL_FILE), JSON.stringify(manual), { durable: true }).catch(
      (error) => this.#options.log.warn("a recording by hand will not outlive this worker", { error }),
    );
  }

  #checkStorageRegularly(): void {
    this.#options.clock.after(STORAGE_CHECK_MS, async () => {
      if (this.#closed) return;
      if (await this.#guard.hasCome()) {
        this.#options.log.info("the volume of the recordings has come: the worker starts anew");
        return this.#options.onStartAnew();
      }
      await this.#recorder.checkStorage();
      this.#checkStorageRegularly();
    });
  }

  #sendStatusRegularly(): void {
    if (this.#closed) return;
    this.#reports.status(this.#status());
    this.#options.clock.after(STATUS_INTERVAL_MS, () => this.#sendStatusRegularly());
  }

  /** What has just changed is told at once, several changes in one message. */
  #sendStatusSoon(): void {
    if (this.#statusDue || this.#closed) return;
    this.#statusDue = true;
    setImmediate(() => {
      this.#statusDue = false;
      if (!this.#closed) this.#reports.status(this.#status());
    });
  }

  #status(): WorkerStatus {
    const failure = this.#recorder.failure;
    const rates = this.#stream?.meter.rates;
    const video = this.#stream?.init.video;
    return {
      connection: this.#state.connection,
      cause: this.#state.cause ?? failure?.cause ?? null,
      last_error: this.#state.lastError ?? failure?.message ?? null,
      recording: this.#recorder.recording && failure === null,
      recording_kind: failure === null ? this.#recorder.recordingKind : null,
      bitrate_bps: rates?.bitrateBps ?? null,
      fps: rates?.fps ?? null,
      video_codec: video === undefined ? null : video.sampleEntry === "hvc1" ? "h265" : "h264",
      width: video?.width ?? null,
      height: video?.height ?? null,
      audio_codec: this.#stream?.audioCodec ?? null,
      key_frame_interval_seconds: rates?.keyFrameIntervalSeconds ?? null,
      clock_drift_ms: this.#control.driftMs,
      last_frame_ms: this.#lastFrameMs,
      open_segments: this.#recorder.openSegments,
      wanted: this.#control.wanted,
      ffmpeg_missing: this.#state.ffmpegMissing,
      storage_error: failure?.message ?? null,
      warnings: workerWarnings({
        settings: this.#settings,
        aheadMs: this.#recorder.aheadMs,
        diskSlow: this.#recorder.diskSlow,
        withoutSyncMs: this.#control.withoutSyncMs,
        audioFallback: this.#ingest?.audioFallback ?? null,
      }),
      counters: this.#counters,
    };
  }

  get #counters(): WorkerCounters {
    return {
      received_bytes: this.#received.bytes,
      received_frames: this.#received.frames,
      recorded_bytes: this.#recorder.recordedBytes,
      buffer_bytes: this.#control.bufferBytes,
      disk_queue_bytes: this.#recorder.waitingBytes,
    };
  }

  /** Ends the connection, closes every open segment, and lets go of the socket; `cause`: what the ledger says of the time after. */
  async close(cause: GapCause = "stopped"): Promise<void> {
    this.#closed = true;
    await this.#changing;
    const thumbnailer = this.#thumbnailer.close();
    await Promise.all([this.#live.close(), this.#ingest?.close(cause)]);
    this.#control.close(cause);
    await this.#recorder.close();
    await this.#retention?.close();
    await thumbnailer;
    await this.#ledger.close();
    await this.#heartbeat.close();
    await this.#reports.close();
  }
}
