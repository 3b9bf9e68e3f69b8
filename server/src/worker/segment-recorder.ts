import { basename } from "node:path";
import type { GapCause, RecordingKind } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import { systemErrorCode } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { removeEmptySegment } from "../footage/remove-empty-segment.ts";
import { repairSegment } from "../footage/repair.ts";
import type { Report, WorkerSettings } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { nextBoundaryMs } from "../recording/segment-name.ts";
import type { WallClock } from "../recording/wall-clock.ts";
import { DiskQueue } from "./disk-queue.ts";
import { OpenSegment } from "./open-segment.ts";
import { canWriteAgain } from "./storage-check.ts";
import { type StorageFailure, storageFailure } from "./storage-failure.ts";

/** At least every 4 s what was received is on the disk: with what is still on its way, a power cut loses at most 5 s. */
const SYNC_INTERVAL_MS = 4000;
/** A disk that cannot keep up: beyond this footage is dropped by whole GOPs rather than let the memory fill. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** After a failed write the disk is looked at this often; recording goes on at the first key frame after it is well again. */
const RETRY_AFTER_MS = 1000;
/** Many cameras cut at the same instant; their closing work is spread over this, or over a tenth of the segment if that is shorter. */
const CLOSE_SPREAD_MS = 10_000;

export type RecorderSettings = Pick<
  WorkerSettings,
  "tenantId" | "cameraId" | "cameraUuid" | "segmentSeconds" | "segmentMaxBytes" | "segmentFolder"
>;

export interface RecorderOptions {
  readonly settings: RecorderSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: (report: Report) => void;
  /** From `startMs` on there is footage of this kind. */
  readonly onFootage: (startMs: number, kind: RecordingKind) => void;
  /** Footage ends at `endMs`; `cause`: because it could not be written, null: because no more came or was wanted. */
  readonly onFootageEnd: (endMs: number, cause: GapCause | null) => void;
}

interface Run {
  readonly id: string;
  init: StreamInit;
  readonly wall: WallClock;
  nextNumber: number;
}

interface Closing {
  readonly segment: OpenSegment;
  readonly endMs: number;
  cancel: () => void;
}

/**
 * Turns the fragments of a camera into segment files. Everything it is told takes effect at once; the disk follows behind.
 *
 * Cutting: at the first sync sample at or after a multiple of the segment length (from UTC midnight), or once the size cap is reached. The
 * fragment that begins with it goes whole into the new file: no sample is lost or repeated.
 */
export class SegmentRecorder {
  readonly #options: RecorderOptions;
  #settings: RecorderSettings;
  readonly #queue = new DiskQueue();
  #run: Run | null = null;
  #current: OpenSegment | null = null;
  #closing: Closing[] = [];
  #torn: string[] = [];
  /** End of the newest footage: no segment of this camera may begin before it. */
  #footageEndMs = 0;
  #failure: StorageFailure | null = null;
  /** Nothing is written until the disk has been found well again. */
  #blocked = false;
  #closed = false;
  #tooSlow = false;
  /** The open segment began with another init than the run has now. */
  #initChanged = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  get recording(): boolean {
    return this.#current !== null;
  }

  get recordingKind(): RecordingKind | null {
    return this.#current?.kind ?? null;
  }

  /** Why footage cannot be written now; null when it can. */
  get failure(): StorageFailure | null {
    return this.#failure;
  }

  /** Segments that are not closed yet, oldest first, as far as they are on the disk. */
  get openSegments(): readonly OpenSegment["written"][] {
    const segments = [
      ...this.#closing.map((closing) => closing.segment),
      ...(this.#current === null ? [] : [this.#current]),
    ];
    return segments.filter((segment) => !segment.provisional).map((segment) => segment.written);
  }

  /** A connection to the camera begins; `wall` maps its media time and is kept up by the caller. */
  startRun(runId: string, init: StreamInit, wall: WallClock): void {
    this.endRun();
    this.#run = { id: runId, init, wall, nextNumber: 0 };
  }

  /** The run goes on with another init (`StreamInit.continues`): the sync fragment that is taken next begins a segment with it. */
  changeInit(init: StreamInit): void {
    if (this.#run === null) return;
    this.#run.init = init;
    this.#initChanged = true;
  }

  /** Writes the next fragment of the run as footage of a kind. What comes ahead of a sync sample cannot begin a segment and is left out. */
  take(fragment: Fragment, kind: RecordingKind): void {
    const run = this.#run;
    if (run === null) return;
    if (fragment.video !== null && fragment.sync) {
      this.#atSyncSample(run, (fragment.video.decodeTimeTicks * 1000) / run.init.video.timescale, kind);
    }
    this.#current?.append(fragment);
    if (this.#current?.provisional && run.wall.settled) this.#settle(run, this.#current);
    if (this.#queue.waitingBytes > MAX_WAITING_BYTES && this.#current !== null) this.#giveUpOnSlowDisk();
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

  /** Closes everything that is open and waits until it is on the disk. */
  async close(): Promise<void> {
    this.#closed = true;
    this.endRun();
    for (const closing of this.#closing) {
      closing.cancel();
      closing.segment.close(closing.endMs);
    }
    await this.#queue.idle();
  }

  #atSyncSample(run: Run, mediaMs: number, kind: RecordingKind): void {
    const wallMs = run.wall.wallMs(mediaMs);
    const current = this.#current;
    if (current !== null && this.#mustCut(current, wallMs, kind)) {
      if (current.provisional) this.#settle(run, current);
      this.#cut(current, wallMs);
    }
    if (this.#current === null && this.#mayWrite()) this.#open(run, wallMs, kind);
  }

  #mustCut(segment: OpenSegment, wallMs: number, kind: RecordingKind): boolean {
    const { segmentSeconds, segmentMaxBytes } = this.#settings;
    if (segment.kind !== kind || this.#initChanged) return true;
    if (segment.provisional) return false;
    if (wallMs >= nextBoundaryMs(segment.startMs, segmentSeconds * 1000)) return true;
    return segmentMaxBytes > 0 && segment.sizeBytes >= segmentMaxBytes;
  }

  /** The next segment begins where this one ends, so both say the same instant. */
  #cut(segment: OpenSegment, wallMs: number): void {
    this.#current = null;
    const endMs = Math.max(wallMs, segment.startMs + 1);
    this.#footageEndMs = Math.max(this.#footageEndMs, endMs);
    const spreadMs = Math.min(CLOSE_SPREAD_MS, this.#settings.segmentSeconds * 100);
    const closing: Closing = { segment, endMs, cancel: () => {} };
    this.#closing.push(closing);
    closing.cancel = this.#options.clock.after((this.#settings.cameraId * 7919) % spreadMs, () => segment.close(endMs));
  }

  #finishCurrent(cause: GapCause | null): void {
    const segment = this.#current;
    if (segment === null) return;
    this.#current = null;
    this.#options.onFootageEnd(segment.endMs, cause);
    this.#footageEndMs = Math.max(this.#footageEndMs, segment.endMs);
    this.#closing.push({ segment, endMs: segment.endMs, cancel: () => {} });
    segment.close(segment.endMs);
  }

  #mayWrite(): boolean {
    if (this.#tooSlow && this.#queue.waitingBytes > MAX_WAITING_BYTES / 2) return false;
    this.#tooSlow = false;
    return !this.#blocked;
  }

  #open(run: Run, wallMs: number, kind: RecordingKind): void {
    const { tenantId, cameraId, cameraUuid, segmentFolder } = this.#settings;
    this.#queue.add(async () => {
      // What fails here is told by the segment that cannot be created.
      await makeFolder(segmentFolder).catch(() => {});
    });
    this.#current = new OpenSegment({
      folder: segmentFolder,
      init: run.init,
      origin: { tenantId, cameraId, cameraUuid, runId: run.id, number: run.nextNumber, kind },
      startMs: Math.max(wallMs, this.#footageEndMs),
      provisional: !run.wall.settled,
      syncIntervalMs: SYNC_INTERVAL_MS,
      queue: this.#queue,
      clock: this.#options.clock,
      onOpened: this.#options.report,
      onClosed: (report) => {
        this.#closing = this.#closing.filter(
          (closing) => closing.segment.number !== report.number || closing.segment.name !== report.name,
        );
        this.#options.report(report);
      },
      onWritten: () => this.#wrote(),
      onFailed: (segment, error) => this.#failed(segment, error),
    });
    run.nextNumber += 1;
    this.#initChanged = false;
    if (!this.#current.provisional) this.#options.onFootage(this.#current.startMs, kind);
  }

  #settle(run: Run, segment: OpenSegment): void {
    const mediaMs = segment.videoStartMs;
    segment.settle(Math.max(mediaMs === null ? segment.startMs : run.wall.wallMs(mediaMs), this.#footageEndMs));
    this.#options.onFootage(segment.startMs, segment.kind);
  }

  #wrote(): void {
    if (this.#failure === null) return;
    this.#options.log.info("footage is written again");
    this.#failure = null;
    const torn = this.#torn;
    this.#torn = [];
    for (const path of torn) void this.mend(path);
  }

  #failed(segment: OpenSegment, error: unknown): void {
    if (this.#current === segment) this.#current = null;
    this.#closing = this.#closing.filter((closing) => closing.segment !== segment);
    this.#torn.push(segment.path);
    const failure = storageFailure(this.#settings.segmentFolder, error);
    if (this.#failure?.message !== failure.message) this.#options.log.error(failure.message, { error });
    this.#failure = failure;
    this.#blocked = true;
    this.#lookAgainLater(failure);
    this.#options.onFootageEnd(segment.written.end_ms, failure.cause);
  }

  #lookAgainLater(failure: StorageFailure): void {
    this.#options.clock.after(RETRY_AFTER_MS, async () => {
      if (this.#closed || this.#failure !== failure) return;
      if (await canWriteAgain(this.#settings.segmentFolder, failure.cause)) this.#blocked = false;
      else this.#lookAgainLater(failure);
    });
  }

  #giveUpOnSlowDisk(): void {
    this.#tooSlow = true;
    this.#options.log.error("the disk cannot keep up: footage is dropped until it has caught up", {
      waitingBytes: this.#queue.waitingBytes,
    });
    this.#finishCurrent("disk_slow");
  }

  /** Finishes a file that was left open and reports what became of it; a closed one too, in case the crash came ahead of its report. */
  async mend(path: string): Promise<void> {
    try {
      const outcome = await repairSegment(path);
      if (outcome.kind === "empty" && (await removeEmptySegment(path)))
        this.#options.report({ kind: "segment_gone", name: basename(path) });
      if (outcome.kind === "unreadable")
        this.#options.log.warn("a file that is no segment is left as it is", { path, reason: outcome.reason });
      if (outcome.kind !== "repaired" && outcome.kind !== "closed") return;
      if (outcome.kind === "repaired")
        this.#options.log.info("repaired a segment that was left open", { path, tornBytes: outcome.tornBytes });
      this.#footageEndMs = Math.max(this.#footageEndMs, outcome.endMs);
      this.#options.report({
        kind: "segment_closed",
        name: outcome.name,
        runId: outcome.identity.runId,
        number: outcome.identity.number,
        startMs: outcome.identity.startMs,
        endMs: outcome.endMs,
        sizeBytes: outcome.sizeBytes,
        state: outcome.state,
        payloadSha256: outcome.payloadSha256,
        recordingKind: outcome.identity.kind,
      });
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return;
      this.#options.log.warn(
        "a segment that was left open could not be repaired; it is tried again at the next start",
        { path, error },
      );
    }
  }
}
