const USUAL_FRAME_SECONDS = 1 / 25;
const KEPT = 12;

/** Over how long is looked at how many frames were dropped. */
const DROPS_OVER_MS = 2000;
const LEAST_FRAMES = 20;

/** What a video element shows, from the browser's own report of every frame: which, how long one lasts, how many were left out. */
export class FrameMeter {
  readonly #video: HTMLVideoElement;
  readonly #intervals: number[] = [];
  #shownSeconds: number | null = null;
  #handle: number | undefined;
  #drops = { atMs: 0, dropped: 0, total: 0 };

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.#watch();
  }

  /** How long a frame lasts: the shortest step seen lately, because a busy browser leaves frames out. */
  get frameSeconds(): number {
    return this.#intervals.length === 0 ? USUAL_FRAME_SECONDS : Math.min(...this.#intervals);
  }

  /** The time of the frame that is on the screen; null when not known since the last seek. */
  get shownSeconds(): number | null {
    return this.#shownSeconds;
  }

  /** What is shown now is about to be something else. */
  forgetShown(): void {
    this.#shownSeconds = null;
  }

  /** The share of frames dropped in the last seconds; null while too few have been shown. Called again and again. */
  droppedShare(): number | null {
    const { droppedVideoFrames: dropped, totalVideoFrames: total } = this.#video.getVideoPlaybackQuality();
    const before = this.#drops;
    const now = performance.now();
    if (now - before.atMs < DROPS_OVER_MS) return null;
    this.#drops = { atMs: now, dropped, total };
    const frames = total - before.total;
    return before.atMs === 0 || frames < LEAST_FRAMES ? null : (dropped - before.dropped) / frames;
  }

  /** Frames dropped until now were dropped under other circumstances. */
  forgetDrops(): void {
    const { droppedVideoFrames: dropped, totalVideoFrames: total } = this.#video.getVideoPlaybackQuality();
    this.#drops = { atMs: performance.now(), dropped, total };
  }

  close(): void {
    if (this.#handle !== undefined) this.#video.cancelVideoFrameCallback(this.#handle);
  }

  #watch(): void {
    // Older Firefox does not report frames; stepping then takes the player's position.
    if (typeof this.#video.requestVideoFrameCallback !== "function") return;
    this.#handle = this.#video.requestVideoFrameCallback((_, { mediaTime }) => {
      const interval = this.#shownSeconds === null ? 0 : mediaTime - this.#shownSeconds;
      if (interval > 0.004 && interval < 0.25 && !this.#video.seeking && !this.#video.paused) {
        this.#intervals.push(interval);
        if (this.#intervals.length > KEPT) this.#intervals.shift();
      }
      this.#shownSeconds = this.#video.seeking ? null : mediaTime;
      this.#watch();
    });
  }
}
