import type { Clock } from "../base/clock.ts";
import { systemErrorCode } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { encodeThumbnails } from "../ffmpeg/picture-encoder.ts";
import { addThumbnails, removeStrayThumbnails, thumbnailFile } from "../footage/thumbnail-file.ts";
import { requireVolume } from "../footage/volume.ts";
import type { WorkerSettings } from "../ipc/messages.ts";
import { firstSample } from "../media/isobmff/first-sample.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { shownAspect } from "../media/isobmff/shown-aspect.ts";
import { isPartName } from "../recording/segment-name.ts";
import { THUMBNAIL_INTERVAL_MS, THUMBNAIL_WIDTH, thumbnailNumber } from "../recording/thumbnail-places.ts";
import { type SecondKeyFrame, SecondKeyFrames } from "./second-key-frames.ts";

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
interface FilmedSegment {
  readonly name: string;
  readonly startMs: number;
  /** When it began is not known yet. */
  readonly provisional: boolean;
  /** `startMs` is later than it truly was. */
  readonly clockSuspect: boolean;
}

interface KeyFrame {
  readonly segment: FilmedSegment;
  readonly init: StreamInit;
  /** Media time since the segment's start, in ticks of the segment. */
  readonly offsetTicks: number;
  readonly bytes: Buffer;
  /** The stream in whose shape it is shown, where that is not its own. */
  readonly shownAs: StreamInit | null;
}

/**
 * Makes thumbnails of what is recorded: takes a key frame of every ten seconds of a segment, decodes some of them at a time in a process of
 * their own that everything else goes before, and adds them to the segment's file of thumbnails. Nothing waits for it; whatever fails here
 * costs only thumbnails, and these are made again from the footage when somebody looks.
 *
 * It is the first key frame of the ten seconds in the camera's other, smaller stream while that comes (`second`), and in the recorded one
 * where there is no such.
 */
export class Thumbnailer {
  readonly #clock: Clock;
  readonly #log: Log;
  #settings: ThumbnailSettings;
  /** Of the stream that is not recorded. */
  readonly second = new SecondKeyFrames((keyFrame) => this.#takeSecond(keyFrame));
  /** The segment that takes come from, its first decode time, and which of its thumbnails was taken last. */
  #current: { readonly segment: FilmedSegment; readonly firstTicks: number; newest: number } | null = null;
  /** Of the recorded stream, in place of one of the second that may come yet. */
  #candidate: KeyFrame | null = null;
  #newestSecond: SecondKeyFrame | null = null;
  #cancelCandidate: () => void = () => {};
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
  take(segment: FilmedSegment, fragment: Fragment, init: StreamInit): void {
    const { video } = fragment;
    if (!this.#settings.thumbnailFolder || video === null || this.#closing.signal.aborted) return;
    if (this.#current?.segment !== segment) this.#current = { segment, firstTicks: video.decodeTimeTicks, newest: -1 };
    const offsetTicks = video.decodeTimeTicks - this.#current.firstTicks;
    const number = thumbnailNumber((offsetTicks * 1000) / init.video.timescale);
    if (number <= this.#current.newest) return;
    this.#current.newest = number;
    const bytes = firstSample(fragment);
    if (bytes === null) return;
    this.#settle();
    this.#candidate = { segment, init, offsetTicks, bytes, shownAs: null };
    if (this.#newestSecond !== null) this.#replaceCandidate(this.#newestSecond);
    if (!this.second.running) this.#settle();
    else if (this.#candidate !== null)
      this.#cancelCandidate = this.#clock.after(THUMBNAIL_INTERVAL_MS, () => this.#settle());
  }

  #takeSecond(keyFrame: SecondKeyFrame): void {
    this.#newestSecond = keyFrame;
    this.#replaceCandidate(keyFrame);
  }

  /** Where the candidate is of the same ten seconds. */
  #replaceCandidate({ init, bytes, wallMs }: SecondKeyFrame): void {
    const candidate = this.#candidate;
    if (candidate === null || candidate.segment.provisional || candidate.segment.clockSuspect) return;
    const { timescale } = candidate.init.video;
    const offsetTicks = Math.floor(((wallMs - candidate.segment.startMs) * timescale) / 1000);
    const number = (ticks: number) => thumbnailNumber((ticks * 1000) / timescale);
    if (offsetTicks < 0 || number(offsetTicks) !== number(candidate.offsetTicks)) return;
    this.#candidate = { ...candidate, init, bytes, offsetTicks, shownAs: candidate.init };
    this.#settle();
  }

  /** The candidate it is. */
  #settle(): void {
    this.#cancelCandidate();
    if (this.#candidate === null) return;
    this.#waiting.push(this.#candidate);
    this.#candidate = null;
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
      const [first] = this.#waiting;
      const alike = ({ init, shownAs }: KeyFrame) => init === first?.init && shownAs === first.shownAs;
      const batch = this.#waiting.filter(alike).slice(0, BATCH);
      this.#waiting = this.#waiting.filter((keyFrame) => !batch.includes(keyFrame));
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
    const [first] = batch;
    if (!thumbnailFolder || first === undefined) return;
    const { init, shownAs } = first;
    await requireVolume(this.#settings.storage.thumbnailsVolume);
    const head = { ...init, trackId: init.video.id, timescale: init.video.timescale };
    const keyFrames = batch.map((keyFrame) => keyFrame.bytes);
    const encoder = { ffmpeg, clock: this.#clock };
    const size = { width: THUMBNAIL_WIDTH, aspect: shownAs === null ? null : shownAspect(shownAs) };
    const jpegs = await encodeThumbnails(encoder, head, keyFrames, size, this.#closing.signal);
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
    this.#cancelCandidate();
    await this.#working;
  }
}
