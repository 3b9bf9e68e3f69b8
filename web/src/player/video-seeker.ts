import type { FrameMeter } from "./frame-meter.ts";
import { spanAt, type WallClockTable } from "./wall-clock-table.ts";

/** Less of an entry than this in the buffer is the rounding of its neighbour's place. */
const ROUNDING_SECONDS = 0.002;

/** Seeks a video element, one seek after the other, until the picture on the screen is the one of the place that was asked for. */
export class VideoSeeker {
  readonly #video: HTMLVideoElement;
  readonly #frames: FrameMeter;
  /** While a seek is under way only the newest wish is kept. */
  #nextSeconds: number | null = null;
  #isAwaitingMedia = false;

  constructor(video: HTMLVideoElement, frames: FrameMeter) {
    this.#video = video;
    this.#frames = frames;
  }

  /** The browser says that it has arrived, and shows another picture: nothing will tell when the right one is loaded. */
  get isAwaitingMedia(): boolean {
    return this.#isAwaitingMedia;
  }

  to(mediaSeconds: number): void {
    if (this.#video.seeking) this.#nextSeconds = mediaSeconds;
    else this.#go(mediaSeconds);
  }

  forget(): void {
    this.#nextSeconds = null;
    this.#isAwaitingMedia = false;
  }

  /**
   * Whether the picture asked for is there; if not, what is still missing is begun. A browser that is sent to a place shortly before what it
   * has loaded shows the first picture of that, as if it were there: it is sent once more when the entry of that place is loaded.
   */
  hasArrived(table: WallClockTable): boolean {
    if (this.#video.seeking) return false;
    const next = this.#nextSeconds;
    this.#nextSeconds = null;
    if (next !== null) {
      this.#go(next);
      return false;
    }
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
    const [hasAwaited, mediaSeconds] = [this.#isAwaitingMedia, this.#video.currentTime];
    this.#isAwaitingMedia = this.#video.paused && !isBuffered(this.#video.buffered, table, mediaSeconds);
    if (hasAwaited && !this.#isAwaitingMedia) this.#go(mediaSeconds);
    return !hasAwaited && !this.#isAwaitingMedia;
  }

  #go(mediaSeconds: number): void {
    this.#frames.forgetShown();
    this.#video.currentTime = mediaSeconds;
  }
}

/** Whether anything of the entry at a place is loaded. What is missing within an entry is a hole in the footage itself. */
function isBuffered(buffered: TimeRanges, table: WallClockTable, mediaSeconds: number): boolean {
  const entry = spanAt(table, mediaSeconds);
  if (entry === undefined) return true;
  for (let i = 0; i < buffered.length; i++) {
    const from = Math.max(buffered.start(i), entry.mediaStartSeconds);
    if (Math.min(buffered.end(i), entry.mediaEndSeconds) - from > ROUNDING_SECONDS) return true;
  }
  return false;
}
