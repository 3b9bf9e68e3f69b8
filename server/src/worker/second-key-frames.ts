import { firstSample } from "../media/isobmff/first-sample.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { WallClock } from "../recording/wall-clock.ts";
import type { SecondStreamTap } from "./second-stream.ts";

/** No picture is this much older than its arrival, or newer: the server's clock was set. */
const STEP_MS = 10_000;

export interface SecondKeyFrame {
  readonly init: StreamInit;
  readonly bytes: Buffer;
  /** When it was filmed. */
  readonly wallMs: number;
}

/** Finds the key frames of the stream that is not recorded, and when each was filmed. */
export class SecondKeyFrames implements SecondStreamTap {
  readonly #onKeyFrame: (keyFrame: SecondKeyFrame) => void;
  #run: { init: StreamInit; wall: WallClock } | null = null;

  constructor(onKeyFrame: (keyFrame: SecondKeyFrame) => void) {
    this.#onKeyFrame = onKeyFrame;
  }

  /** The stream comes now. */
  get running(): boolean {
    return this.#run !== null;
  }

  began(init: StreamInit): void {
    if (this.#run !== null && init.continues) this.#run.init = init;
    else this.#run = { init, wall: new WallClock() };
  }

  take(fragment: Fragment, arrivalMs: number): void {
    const run = this.#run;
    if (run === null || fragment.video === null) return;
    const { timescale } = run.init.video;
    const last = lastPicture(fragment, timescale);
    if (last === null) return;
    run.wall.observe(arrivalMs, last.startMs, last.durationMs);
    if (Math.abs(run.wall.wallMs(last.startMs) - arrivalMs) > STEP_MS) run.wall = new WallClock();
    else if (fragment.sync && run.wall.settled) this.#give(run, fragment, fragment.video.decodeTimeTicks / timescale);
  }

  #give({ init, wall }: { readonly init: StreamInit; readonly wall: WallClock }, fragment: Fragment, seconds: number) {
    const bytes = firstSample(fragment);
    if (bytes !== null) this.#onKeyFrame({ init, bytes, wallMs: wall.wallMs(seconds * 1000) });
  }

  ended(): void {
    this.#run = null;
  }
}
