import type { Clock } from "../base/clock.ts";
import { Turns } from "../base/turns.ts";
import type { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";

/** A player asks for the next seconds every few seconds. One that does not is paused or gone, and makes room. */
const KEPT_MS = 30_000;

interface Viewer {
  readonly release: () => void;
  /** One thing at a time: nobody watches two places at once. */
  readonly turns: Turns;
  working: number;
  cancelEnd: () => void;
}

/**
 * Who is watching footage that is converted. A viewer keeps a place from the first request until some time after the last, so that somebody
 * else cannot take it between two parts.
 */
export class TranscodeViewers {
  readonly #slots: TranscodeSlots;
  readonly #clock: Clock;
  readonly #viewers = new Map<string, Viewer>();

  constructor(slots: TranscodeSlots, clock: Clock) {
    this.#slots = slots;
    this.#clock = clock;
  }

  /** Takes a place for a viewer, or keeps the one it has. Throws `transcoding_busy`. */
  hold(name: string): void {
    this.#keep(name, this.#viewer(name));
  }

  /** Runs `action` in a viewer's place. Throws `transcoding_busy`; rejects with the signal's reason when that is aborted before. */
  async run<T>(name: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    const viewer = this.#viewer(name);
    viewer.working += 1;
    try {
      return await viewer.turns.run(signal, action);
    } finally {
      viewer.working -= 1;
      this.#keep(name, viewer);
    }
  }

  #viewer(name: string): Viewer {
    const known = this.#viewers.get(name);
    if (known !== undefined) return known;
    const viewer = { release: this.#slots.take(), turns: new Turns(1), working: 0, cancelEnd: () => {} };
    this.#viewers.set(name, viewer);
    return viewer;
  }

  #keep(name: string, viewer: Viewer): void {
    viewer.cancelEnd();
    viewer.cancelEnd = this.#clock.after(KEPT_MS, () => {
      if (viewer.working > 0) return;
      this.#viewers.delete(name);
      viewer.release();
    });
  }
}
