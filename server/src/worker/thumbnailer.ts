import type { Clock } from "../base/clock.ts";
import { systemErrorCode } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { encodeThumbnails } from "../ffmpeg/picture-encoder.ts";
import { addThumbnails, removeStrayThumbnails, thumbnailFile } from "../footage/thumbnail-file.ts";
import { requireVolume } from "../footage/volume.ts";
import type { WorkerSettings } from "../ipc/messages.ts";
import { firstSample } from "../media/isobmff/first-sample.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { isPartName } from "../recording/segment-name.ts";
import { THUMBNAIL_WIDTH, thumbnailNumber } from "../recording/thumbnail-places.ts";

/** So many are decoded at once: starting a decoder costs as much as nine of 1080p. */
const BATCH = 12;
/** None waits longer for others. */
const LONGEST_WAIT_MS = 120_000;
/** When decoding lags, the oldest are left out: they are made when somebody looks. */
const MAX_WAITING = 4 * BATCH;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

type ThumbnailSettings = Pick<WorkerSettings, "segmentFolder" | "thumbnailFolder" | "ffmpegPath" | "storage">;

export interface ThumbnailerOptions {
  readonly settings: ThumbnailSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known of the segment that is being written; its name changes once, when it is known when it began. */
interface NamedSegment {
  readonly name: string;
}

interface KeyFrame {
  readonly segment: NamedSegment;
  readonly init: StreamInit;
  /** Media time since the segment's start. */
  readonly offsetTicks: number;
  readonly bytes: Buffer;
}

/**
 * Makes thumbnails of what is recorded: takes the first key frame of every ten seconds of a segment, decodes some of them at a time in a process
 * of their own that everything else goes before, and adds them to the segment's file of thumbnails. Nothing waits for it; whatever fails here
 * costs only thumbnails, and these are made again from the footage when somebody looks.
 */
export class Thumbnailer {
  readonly #clock: Clock;
  readonly #log: Log;
  #settings: ThumbnailSettings;
  /** The segment that takes come from, its first decode time, and which of its thumbnails was taken last. */
  #current: { readonly segment: NamedSegment; readonly firstTicks: number; newest: number } | null = null;
  #waiting: KeyFrame[] = [];
  #working: Promise<void> | null = null;
  #cancelWait: (() => void) | null = null;
  #lastFailure: string | null = null;
  readonly #closing = new AbortController();

  constructor({ settings, clock, log }: ThumbnailerOptions) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
  }

  /** Removes what a crash has left of segments that are gone. Returns at once. */
  start(): void {
    const { thumbnailFolder, segmentFolder, storage } = this.#settings;
    if (!thumbnailFolder) return;
    requireVolume(storage.thumbnailsVolume)
      .then(() => removeStrayThumbnails(thumbnailFolder, segmentFolder))
      .catch((error) => this.#failed(error));
  }

  update(settings: ThumbnailSettings): void {
    this.#settings = settings;
  }

  /** A fragment that begins with a key frame was added to a segment. */
  take(segment: NamedSegment, fragment: Fragment, init: StreamInit): void {
    const { video } = fragment;
    if (!this.#settings.thumbnailFolder || video === null || this.#closing.signal.aborted) return;
    if (this.#current?.segment !== segment) this.#current = { segment, firstTicks: video.decodeTimeTicks, newest: -1 };
    const offsetTicks = video.decodeTimeTicks - this.#current.firstTicks;
    const number = thumbnailNumber((offsetTicks * 1000) / init.video.timescale);
    if (number <= this.#current.newest) return;
    this.#current.newest = number;
    const bytes = firstSample(fragment);
    if (bytes === null) return;
    this.#waiting.push({ segment, init, offsetTicks, bytes });
    this.#boundWaiting();
    if (this.#waiting.length >= BATCH) this.#decode();
    else this.#cancelWait ??= this.#clock.after(LONGEST_WAIT_MS, () => this.#decode());
  }

  #boundWaiting(): void {
    let sizeBytes = this.#waiting.reduce((sum, keyFrame) => sum + keyFrame.bytes.length, 0);
    while (this.#waiting.length > MAX_WAITING || sizeBytes > MAX_WAITING_BYTES)
      sizeBytes -= this.#waiting.shift()?.bytes.length ?? 0;
  }

  #decode(): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.#working ??= this.#decodeAll().finally(() => {
      this.#working = null;
    });
  }

  async #decodeAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closing.signal.aborted) {
      const { init } = this.#waiting[0] ?? {};
      const other = this.#waiting.findIndex((keyFrame) => keyFrame.init !== init);
      const batch = this.#waiting.splice(0, Math.min(BATCH, other < 0 ? BATCH : other));
      try {
        await this.#decodeBatch(batch);
        this.#lastFailure = null;
      } catch (error) {
        if (!this.#closing.signal.aborted) this.#failed(error);
      }
    }
  }

  async #decodeBatch(batch: readonly KeyFrame[]): Promise<void> {
    const { thumbnailFolder, ffmpegPath: ffmpeg } = this.#settings;
    const init = batch[0]?.init;
    if (!thumbnailFolder || init === undefined) return;
    await requireVolume(this.#settings.storage.thumbnailsVolume);
    const head = { ...init, trackId: init.video.id, timescale: init.video.timescale };
    const keyFrames = batch.map((keyFrame) => keyFrame.bytes);
    const encoder = { ffmpeg, clock: this.#clock };
    const jpegs = await encodeThumbnails(encoder, head, keyFrames, THUMBNAIL_WIDTH, this.#closing.signal);
    for (const segment of new Set(batch.map((keyFrame) => keyFrame.segment))) {
      const thumbnails = batch.flatMap(({ segment: own, offsetTicks }, number) => {
        const jpeg = jpegs[number] ?? null;
        return own === segment && jpeg !== null ? [{ offsetTicks, jpeg }] : [];
      });
      // Only a disk that hangs leaves a segment without its name for so long.
      if (thumbnails.length > 0 && !isPartName(segment.name))
        await addThumbnails(thumbnailFile(thumbnailFolder, segment.name), thumbnails);
    }
  }

  /** The same failure comes every minute: only what is new is worth a line. */
  #failed(error: unknown): void {
    const failure = systemErrorCode(error) ?? String(error);
    if (failure !== this.#lastFailure)
      this.#log.warn("thumbnails cannot be made now; they are made when somebody looks", { error });
    this.#lastFailure = failure;
  }

  /** Ends a decoder that is at work, and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancelWait?.();
    await this.#working;
  }
}
