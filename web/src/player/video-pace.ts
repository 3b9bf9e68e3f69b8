/** Slowest and fastest that browsers play. */
const [LEAST_RATE, GREATEST_RATE] = [0.0625, 16];

/** What the video element is to do. */
interface Pace {
  readonly playing: boolean;
  /** Stands still in spite of `playing`, until the clock comes along. */
  readonly held: boolean;
  readonly speed: number;
  /** How much faster than the clock the footage already is. */
  readonly footagePace: number;
  /** A little more or less than 1 brings it to the clock. */
  readonly correction: number;
  readonly muted: boolean;
}

/** Keeps a video element to what is wanted of it. The element's own events may come at any time; `apply` makes it so again. */
export class VideoPace {
  readonly #video: HTMLVideoElement;
  readonly #onRefused: () => void;
  #pace: Pace = { playing: false, held: false, speed: 1, footagePace: 1, correction: 1, muted: true };

  /** `onRefused`: the browser does not play with sound, or not at all, before a person has clicked. */
  constructor(video: HTMLVideoElement, onRefused: () => void) {
    this.#video = video;
    this.#onRefused = onRefused;
    video.muted = true;
  }

  get wanted(): Pace {
    return this.#pace;
  }

  /** Seconds of the player in a second of the day. */
  get rate(): number {
    const { speed, footagePace, correction } = this.#pace;
    return Math.min(GREATEST_RATE, Math.max(LEAST_RATE, (speed / footagePace) * correction));
  }

  set(change: Partial<Pace>): void {
    const keys = Object.keys(change) as (keyof Pace)[];
    if (keys.every((key) => this.#pace[key] === change[key])) return;
    this.#pace = { ...this.#pace, ...change };
    this.apply();
  }

  apply(): void {
    const { playing, held, muted } = this.#pace;
    const video = this.#video;
    if (video.muted !== muted) video.muted = muted;
    if (video.playbackRate !== this.rate) video.defaultPlaybackRate = video.playbackRate = this.rate;
    const runs = playing && !held;
    if (!runs && !video.paused) video.pause();
    // To play what has ended means to begin at its beginning.
    if (!runs || !video.paused || video.ended) return;
    video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#onRefused();
    });
  }
}
