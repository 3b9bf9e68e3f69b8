import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { SecretBox } from "../base/sealed-secret.ts";
import type { WorkerSettings, WorkerStatus } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { isPartName, segmentNameStartMs } from "../recording/segment-name.ts";
import { Ingest, type IngestState } from "./ingest.ts";
import { ReportSender, type ReportSenderOptions } from "./report-sender.ts";
import { SegmentRecorder } from "./segment-recorder.ts";
import { readWorkerSettings } from "./settings-file.ts";
import { StreamMeter } from "./stream-meter.ts";

const STATUS_INTERVAL_MS = 1000;
/** A crash leaves at most the segment being written and one being closed open; some more are looked at to be sure. */
const LOOKED_AT_AFTER_CRASH = 8;

export interface CameraWorkerOptions extends Pick<ReportSenderOptions, "socketPath" | "journalPath" | "version"> {
  readonly settingsPath: string;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
}

/** Everything one worker process does for its camera. `start()` once, `close()` once. */
export class CameraWorker {
  readonly #options: CameraWorkerOptions;
  #settings: WorkerSettings;
  readonly #recorder: SegmentRecorder;
  readonly #reports: ReportSender;
  #ingest: Ingest | null = null;
  #state: IngestState = { connection: "connecting", cause: null, lastError: null, ffmpegMissing: false };
  #stream: { readonly init: StreamInit; readonly audioCodec: string | null; readonly meter: StreamMeter } | null = null;
  #lastFrameMs: number | null = null;
  #changing: Promise<void> = Promise.resolve();
  #statusDue = false;
  #closed = false;

  private constructor(options: CameraWorkerOptions, settings: WorkerSettings, reports: ReportSender) {
    this.#options = options;
    this.#settings = settings;
    this.#reports = reports;
    this.#recorder = new SegmentRecorder({
      settings,
      clock: options.clock,
      log: options.log.named("recordings"),
      report: (report) => {
        reports.report(report);
        this.#sendStatusSoon();
      },
    });
  }

  /** Reads the settings, mends what a crash left, listens for the server and connects to the camera. */
  static async start(options: CameraWorkerOptions): Promise<CameraWorker> {
    const settings = await readWorkerSettings(options.settingsPath);
    let started: CameraWorker | null = null;
    const reports = await ReportSender.start({
      ...options,
      startedAtMs: options.clock.nowMs(),
      onSettingsChanged: () => started?.settingsChanged(),
    });
    const worker = new CameraWorker(options, settings, reports);
    started = worker;
    const leftOpen = await segmentsThatMayBeOpen(settings.segmentFolder);
    worker.#connect();
    worker.#sendStatusRegularly();
    // In the background: hashing a long segment must not hold up the recording.
    void worker.#mend(leftOpen);
    return worker;
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
    this.#recorder.update(settings);
    const sameStream =
      isDeepStrictEqual(before.source, settings.source) &&
      isDeepStrictEqual(before.audio, settings.audio) &&
      before.ffmpegPath === settings.ffmpegPath;
    if (!sameStream) {
      await this.#ingest?.close();
      this.#connect();
    }
    this.#sendStatusSoon();
  }

  #connect(): void {
    const { source, audio, ffmpegPath } = this.#settings;
    const password = source.passwordSealed === null ? null : this.#options.secretBox.open(source.passwordSealed);
    const ingest = new Ingest(
      {
        ffmpegPath,
        audio,
        source: { url: source.url, username: source.username, password, transport: source.transport },
      },
      {
        runStarted: (runId, init, audioCodec) => {
          this.#stream = { init, audioCodec, meter: new StreamMeter(init) };
          this.#recorder.startRun(runId, init);
        },
        fragment: (fragment, arrivalMs) => this.#take(fragment, arrivalMs),
        runEnded: () => {
          this.#stream = null;
          this.#recorder.endRun();
        },
        stateChanged: (state) => {
          this.#state = state;
          this.#sendStatusSoon();
        },
      },
      this.#options.clock,
      this.#options.log.named("ingest"),
    );
    this.#ingest = ingest;
    ingest.start();
  }

  #take(fragment: Fragment, arrivalMs: number): void {
    this.#lastFrameMs = arrivalMs;
    this.#stream?.meter.take(fragment);
    this.#recorder.take(fragment, arrivalMs);
  }

  async #mend(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#recorder.mend(join(this.#settings.segmentFolder, name));
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
      recording_kind: this.#recorder.recording && failure === null ? "continuous" : null,
      bitrate_bps: rates?.bitrateBps ?? null,
      fps: rates?.fps ?? null,
      video_codec: video === undefined ? null : video.sampleEntry === "hvc1" ? "h265" : "h264",
      width: video?.width ?? null,
      height: video?.height ?? null,
      audio_codec: this.#stream?.audioCodec ?? null,
      key_frame_interval_seconds: rates?.keyFrameIntervalSeconds ?? null,
      clock_drift_ms: null,
      last_frame_ms: this.#lastFrameMs,
      open_segments: this.#recorder.openSegments,
      ffmpeg_missing: this.#state.ffmpegMissing,
      storage_error: failure?.message ?? null,
    };
  }

  /** Ends the connection, closes every open segment, and lets go of the socket. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#changing;
    await this.#ingest?.close();
    await this.#recorder.close();
    await this.#reports.close();
  }
}

async function segmentsThatMayBeOpen(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    const segments = names.filter((name) => segmentNameStartMs(name) !== null).sort();
    return [...names.filter(isPartName), ...segments.slice(-LOOKED_AT_AFTER_CRASH)];
  } catch {
    // No folder yet, or one that cannot be read: the recorder says so when it writes.
    return [];
  }
}
