import type { GapCause, RecordingKind } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { SegmentChain } from "../footage/segment-chain.ts";
import type { Report, WorkerSettings } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { nextBoundaryMs } from "../recording/segment-name.ts";
import type { WallClock } from "../recording/wall-clock.ts";
import { DiskQueue } from "./disk-queue.ts";
import { OpenSegment } from "./open-segment.ts";
import { type Pause, PauseWatch } from "./pause-watch.ts";
import { mendSegment } from "./segment-mender.ts";
import type { StorageFailure } from "./storage-failure.ts";
import { StorageGate } from "./storage-gate.ts";

/** At least every 4 s what was received is on the disk: with what is still on its way, a power cut loses at most 5 s. */
const SYNC_INTERVAL_MS = 4000;
/** Many cameras cut at the same instant; their closing work is spread over this, or over a tenth of the segment if that is shorter. */
const CLOSE_SPREAD_MS = 10_000;
/** FAT32 and the 32-bit sizes of many players end here. */
const MAX_FILE_BYTES = 2 ** 32 - 1;
/** Footage that would begin this much ahead of the footage before it shows that the clock was set back; less is its rounding. */
const SET_BACK_MS = 1000;

export type RecorderSettings = Pick<
  WorkerSettings,
  "tenantId" | "cameraId" | "cameraUuid" | "segmentSeconds" | "segmentMaxBytes" | "segmentFolder" | "maxBufferBytes"
>;

export interface RecorderOptions {
  readonly settings: RecorderSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly chain: SegmentChain;
  /** No file is ever larger; 4 GiB − 1 where not said. */
  readonly maxFileBytes?: number;
  /** End of the newest footage an earlier worker left, wall time; 0: there is none. */
  readonly footageEndMs: number;
  /** Makes the folder ready for a segment. */
  readonly prepareFolder: () => Promise<void>;
  /** Rejects with why footage must not be written now: its volume is away, or too little is free. */
  readonly mayWrite?: () => Promise<void>;
  readonly report: (report: Report) => void;
  /** A fragment that begins with a key frame has become part of a segment. */
  readonly onKeyFrame?: (segment: OpenSegment, fragment: Fragment, init: StreamInit) => void;
  /** From `startMs` on there is footage of this kind; by the clock it is `trueMs`. */
  readonly onFootage: (startMs: number, kind: RecordingKind, trueMs: number) => void;
  /** Footage ends at `endMs`; `cause`: because it could not be written or had holes, null: because no more came or was wanted. */
  readonly onFootageEnd: (endMs: number, cause: GapCause | null) => void;
}

interface Run {
  readonly id: string;
  readonly wall: WallClock;
  /** Of the fragments taken last. */
  init: StreamInit;
  pauses: PauseWatch;
  nextNumber: number;
  /** Footage times are this much later than the clock says, because it was set back behind footage that there is already. */
  aheadMs: number;
}

interface Closing {
  readonly segment: OpenSegment;
  readonly endMs: number;
  cancel: () => void;
}

/**
 * Turns the fragments of a camera into segment files. Everything it is told takes effect at once; the disk follows behind.
 *
 * Cutting: at the first sync sample at or after a multiple of the segment length (from UTC midnight), or once the size cap is reached, or
 * where the stream's parameters or the kind of recording change. The fragment that begins with it goes whole into the new file: no sample
 * is lost or repeated.
 */
export class SegmentRecorder {
  readonly #options: RecorderOptions;
  #settings: RecorderSettings;
  readonly #queue: DiskQueue;
  readonly #storage: StorageGate;
  readonly #maxFileBytes: number;
  #run: Run | null = null;
  #current: OpenSegment | null = null;
  #closing: Closing[] = [];
  #torn: string[] = [];
  #recordedBytes = 0;
  /** End of the newest footage: no segment of this camera may begin before it. */
  #footageEndMs: number;
  /** The next segment follows the newest footage directly. */
  #joins = false;
  /** Bytes of the open segment at its last sync sample, and of the largest GOP since it began. */
  #gop = { beganAtBytes: 0, largestBytes: 0 };

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#footageEndMs = options.footageEndMs;
    this.#maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
    this.#queue = new DiskQueue(options.clock);
    this.#storage = new StorageGate({
      queue: this.#queue,
      clock: options.clock,
      log: options.log,
      limits: () => ({
        segmentFolder: this.#settings.segmentFolder,
        maxWaitingBytes: this.#settings.maxBufferBytes,
      }),
      mayWrite: () => this.#mayWrite(),
    });
  }

  get recording(): boolean {
    return this.#current !== null;
  }

  get recordingKind(): RecordingKind | null {
    return this.#current?.kind ?? null;
  }

  /** Why footage cannot be written now; null when it can. */
  get failure(): StorageFailure | null {
    return this.#storage.failure;
  }

  /** The disk keeps footage waiting so long that a person should know. */
  get diskSlow(): boolean {
    return this.#storage.slow;
  }

  /** Footage written since the start. */
  get recordedBytes(): number {
    return this.#recordedBytes;
  }

  /** Footage that waits for the disk. */
  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  /** How much later than the clock says footage is named now, because the clock was set back; usually 0. */
  get aheadMs(): number {
    return this.#run?.aheadMs ?? 0;
  }

  /** Segments that are not closed yet, oldest first, as far as they are on the disk. */
  get openSegments(): readonly OpenSegment["written"][] {
    const segments = [
      ...this.#closing.map((closing) => closing.segment),
      ...(this.#current === null ? [] : [this.#current]),
    ];
    return segments.filter((segment) => !segment.provisional).map((segment) => segment.written);
  }

  /** A run begins; `wall` maps its media time and is kept up by the caller. */
  startRun(runId: string, init: StreamInit, wall: WallClock): void {
    this.endRun();
    this.#run = { id: runId, wall, init, pauses: new PauseWatch(init.video.timescale), nextNumber: 0, aheadMs: 0 };
  }

  /**
   * Writes the next fragment of the run as footage of a kind; `init` is the one it is decoded with. What comes ahead of a sync sample
   * cannot begin a segment and is left out.
   */
  take(fragment: Fragment, kind: RecordingKind, init: StreamInit): void {
    const run = this.#run;
    if (run === null) return;
    const { video } = fragment;
    if (video !== null && (fragment.sync || this.#wouldBeTooLarge(fragment))) {
      this.#atSyncSample(run, (video.decodeTimeTicks * 1000) / init.video.timescale, { kind, init });
    }
    const pauses = run.pauses.take(fragment);
    if (this.#current === null) return;
    this.#current.append(fragment);
    if (fragment.sync) this.#options.onKeyFrame?.(this.#current, fragment, init);
    if (this.#current.provisional && run.wall.settled) this.#settle(run, this.#current);
    else if (pauses.length > 0) this.#notePauses(run, this.#current, pauses);
    if (this.#storage.overflows()) this.#finishCurrent("disk_slow");
  }

  /**
   * What is taken next follows the newest footage, of an earlier worker, picture for picture: the two belong at one instant, though each
   * has mapped its own connection to wall time.
   */
  joinFootage(): void {
    this.#joins = true;
  }

  /** No more is to be written for now: what was taken becomes a closed segment. */
  finish(): void {
    if (this.#run !== null && this.#current?.provisional) this.#settle(this.#run, this.#current);
    this.#finishCurrent(null);
  }

  /** The connection has ended. */
  endRun(): void {
    this.finish();
    this.#run = null;
  }

  /** New settings take effect without reconnecting: a changed length at the next boundary. */
  update(settings: RecorderSettings): void {
    this.#settings = settings;
  }

  /** Looks whether footage may be written still; where not, what was taken becomes a closed segment, and recording waits until it may. */
  async checkStorage(): Promise<void> {
    if (this.failure !== null) return;
    try {
      await this.#mayWrite();
    } catch (error) {
      const { cause } = this.#storage.failed(error);
      if (this.#run !== null && this.#current?.provisional) this.#settle(this.#run, this.#current);
      this.#finishCurrent(cause);
    }
  }

  async #mayWrite(): Promise<void> {
    await this.#options.mayWrite?.();
  }

  /** Closes everything that is open and waits until it is on the disk. */
  async close(): Promise<void> {
    this.endRun();
    this.#closeWaiting();
    this.#storage.close();
    await this.#queue.idle();
  }

  /** Finishes a file that a crash left open, in the background. */
  mend(path: string): Promise<void> {
    return mendSegment(path, this.#options);
  }

  #atSyncSample(run: Run, mediaMs: number, next: { readonly kind: RecordingKind; readonly init: StreamInit }): void {
    const current = this.#current;
    if (current !== null) {
      const gopBytes = current.sizeBytes - this.#gop.beganAtBytes;
      this.#gop = { beganAtBytes: current.sizeBytes, largestBytes: Math.max(this.#gop.largestBytes, gopBytes) };
      const parametersChanged = next.init !== run.init;
      if (parametersChanged || next.kind !== current.kind || this.#mustCut(current, this.#wallMs(run, mediaMs))) {
        if (current.provisional) this.#settle(run, current);
        this.#cut(current, this.#wallMs(run, mediaMs));
      }
    }
    run.init = next.init;
    if (this.#current === null && this.#storage.open) this.#open(run, mediaMs, next.kind);
  }

  #mustCut(segment: OpenSegment, wallMs: number): boolean {
    if (segment.provisional) return false;
    const { segmentSeconds, segmentMaxBytes } = this.#settings;
    if (wallMs >= nextBoundaryMs(segment.startMs, segmentSeconds * 1000)) return true;
    const { closedBytes } = segment;
    if (segmentMaxBytes > 0 && closedBytes >= segmentMaxBytes) return true;
    // The next GOP may be larger than any before.
    return closedBytes + 2 * this.#gop.largestBytes > this.#maxFileBytes;
  }

  /** A camera that sends no sync sample for hours must not make a file that cannot be closed: it is cut in the middle of the GOP. */
  #wouldBeTooLarge(fragment: Fragment): boolean {
    const current = this.#current;
    if (current === null || current.provisional || current.sizeBytes < this.#maxFileBytes / 2) return false;
    return current.closedBytes + 2 * fragment.sizeBytes > this.#maxFileBytes;
  }

  /** The next segment begins where this one ends, so both say the same instant. */
  #cut(segment: OpenSegment, wallMs: number): void {
    this.#current = null;
    // Only its closing may wait, not its footage.
    segment.flush();
    const endMs = Math.max(wallMs, segment.startMs + 1);
    this.#footageEndMs = Math.max(this.#footageEndMs, endMs);
    const spreadMs = Math.min(CLOSE_SPREAD_MS, this.#settings.segmentSeconds * 100);
    // It is closed later. Over a power cut until then its end must not be gone while the beginning of the next one is there.
    segment.sync();
    const closing: Closing = { segment, endMs, cancel: () => {} };
    this.#closing.push(closing);
    closing.cancel = this.#options.clock.after((this.#settings.cameraId * 7919) % spreadMs, () => segment.close(endMs));
  }

  #finishCurrent(cause: GapCause | null): void {
    const segment = this.#current;
    if (segment === null) return;
    this.#current = null;
    if (this.#run !== null) this.#run.pauses = new PauseWatch(this.#run.init.video.timescale);
    this.#options.onFootageEnd(segment.endMs, cause);
    this.#footageEndMs = Math.max(this.#footageEndMs, segment.endMs);
    // In the order in which they were recorded: so they stand in the chain.
    this.#closeWaiting();
    this.#closing.push({ segment, endMs: segment.endMs, cancel: () => {} });
    segment.close(segment.endMs);
  }

  #closeWaiting(): void {
    for (const { segment, endMs, cancel } of this.#closing) {
      cancel();
      segment.close(endMs);
    }
  }

  #wallMs(run: Run, mediaMs: number): number {
    return run.wall.wallMs(mediaMs) + run.aheadMs;
  }

  /** Where footage that begins here is put: never before the end of the footage that there is, whatever the clock says. */
  #startMs(run: Run, mediaMs: number): number {
    const trueMs = run.wall.wallMs(mediaMs);
    const behindMs = this.#footageEndMs - trueMs;
    const joins = this.#joins && Math.abs(behindMs) <= SET_BACK_MS;
    this.#joins = false;
    if (joins) return this.#footageEndMs;
    const aheadMs = behindMs > SET_BACK_MS ? behindMs : 0;
    if (aheadMs > 0 && run.aheadMs === 0)
      this.#options.log.warn(
        "the clock was set back: footage is named later than it is until the clock has caught up",
        {
          aheadMs,
        },
      );
    run.aheadMs = aheadMs;
    return Math.max(trueMs, this.#footageEndMs);
  }

  #open(run: Run, mediaMs: number, kind: RecordingKind): void {
    const { tenantId, cameraId, cameraUuid, segmentFolder } = this.#settings;
    const segment = new OpenSegment({
      folder: segmentFolder,
      prepare: async () => {
        await this.#mayWrite();
        // What fails here is told by the segment that cannot be created.
        await this.#options.prepareFolder().catch(() => {});
      },
      init: run.init,
      origin: { tenantId, cameraId, cameraUuid, runId: run.id, number: run.nextNumber, kind },
      startMs: this.#startMs(run, mediaMs),
      clockSuspect: run.aheadMs > 0,
      provisional: !run.wall.settled,
      syncIntervalMs: SYNC_INTERVAL_MS,
      queue: this.#queue,
      clock: this.#options.clock,
      chain: this.#options.chain,
      onOpened: this.#options.report,
      onClosed: (report) => {
        this.#closing = this.#closing.filter((closing) => closing.segment !== segment);
        this.#options.report(report);
      },
      onWritten: (bytes) => this.#wrote(bytes),
      onFailed: (failed, error) => this.#failed(failed, error),
    });
    this.#current = segment;
    this.#gop = { beganAtBytes: segment.sizeBytes, largestBytes: 0 };
    run.nextNumber += 1;
    if (!segment.provisional) this.#noteFootage(run, segment);
  }

  #settle(run: Run, segment: OpenSegment): void {
    const startMs = segment.videoStartMs === null ? segment.startMs : this.#startMs(run, segment.videoStartMs);
    segment.settle(startMs, run.aheadMs > 0);
    this.#noteFootage(run, segment);
  }

  #noteFootage(run: Run, { startMs, kind }: OpenSegment): void {
    this.#options.onFootage(startMs, kind, startMs - run.aheadMs);
  }

  #notePauses(run: Run, { kind }: OpenSegment, pauses: readonly Pause[]): void {
    for (const { fromMs, toMs } of pauses) {
      this.#options.onFootageEnd(this.#wallMs(run, fromMs), "stream_stalled");
      const endMs = this.#wallMs(run, toMs);
      this.#options.onFootage(endMs, kind, endMs - run.aheadMs);
    }
  }

  #wrote(bytes: number): void {
    this.#recordedBytes += bytes;
    if (!this.#storage.succeeded()) return;
    const torn = this.#torn;
    this.#torn = [];
    for (const path of torn) void this.mend(path);
  }

  #failed(segment: OpenSegment, error: unknown): void {
    if (this.#current === segment) this.#current = null;
    this.#closing = this.#closing.filter((closing) => closing.segment !== segment);
    this.#torn.push(segment.path);
    const { cause } = this.#storage.failed(error);
    this.#options.onFootageEnd(segment.written.end_ms, cause);
  }
}
