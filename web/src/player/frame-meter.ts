const USUAL_FRAME_SECONDS = 1 / 25;
const KEPT = 12;

/** Knows how long the frames of a video element last, from the browser's own report of every frame. */
export class FrameMeter {
  readonly #video: HTMLVideoElement;
  readonly #intervals: number[] = [];
  #shownSeconds: number | null = null;
  #handle: number | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.#watch();
  }

  /** How long a frame lasts: the shortest step seen lately, because a busy browser leaves frames out. */
  get frameSeconds(): number {
    return this.#intervals.length === 0 ? USUAL_FRAME_SECONDS : Math.min(...this.#intervals);
  }

  close(): void {
    if (this.#handle !== undefined) this.#video.cancelVideoFrameCallback(this.#handle);
  }

  #watch(): void {
    // Older Firefox does not report frames; stepping then takes the usual length.
    if (typeof this.#video.requestVideoFrameCallback !== "function") return;
    this.#handle = this.#video.requestVideoFrameCallback((_, { mediaTime }) => {
      const interval = this.#shownSeconds === null ? 0 : mediaTime - this.#shownSeconds;
      if (interval > 0.004 && interval < 0.25 && !this.#video.seeking && !this.#video.paused) {
        this.#intervals.push(interval);
        if (this.#intervals.length > KEPT) this.#intervals.shift();
      }
      this.#shownSeconds = mediaTime;
      this.#watch();
    });
  }
}
