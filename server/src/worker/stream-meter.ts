import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";

/** Rates are taken over this much of the newest media. */
const WINDOW_MS = 5000;

interface Measured {
  readonly startMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly frames: number;
}

/** Measures what a stream is like from the fragments that pass. */
export class StreamMeter {
  readonly #timescale: number;
  readonly #videoId: number;
  #window: Measured[] = [];
  #lastKeyMs: number | null = null;
  #keyIntervalMs: number | null = null;

  constructor(init: StreamInit) {
    this.#timescale = init.video.timescale;
    this.#videoId = init.video.id;
  }

  /** Answers how many pictures the fragment holds. */
  take(fragment: Fragment): number {
    const video = fragment.tracks.find((track) => track.trackId === this.#videoId);
    if (video === undefined) return 0;
    const startMs = (video.decodeTimeTicks * 1000) / this.#timescale;
    let ticks = 0;
    let frames = 0;
    for (const run of video.runs) {
      frames += run.samples.length;
      for (const sample of run.samples) ticks += sample.durationTicks;
    }
    if (fragment.sync) {
      if (this.#lastKeyMs !== null) this.#keyIntervalMs = startMs - this.#lastKeyMs;
      this.#lastKeyMs = startMs;
    }
    this.#window.push({ startMs, durationMs: (ticks * 1000) / this.#timescale, bytes: fragment.sizeBytes, frames });
    while (startMs - (this.#window[0]?.startMs ?? startMs) > WINDOW_MS) this.#window.shift();
    return frames;
  }

  get rates(): { bitrateBps: number | null; fps: number | null; keyFrameIntervalSeconds: number | null } {
    const durationMs = this.#window.reduce((sum, part) => sum + part.durationMs, 0);
    const interval = this.#keyIntervalMs === null ? null : Math.round(this.#keyIntervalMs / 10) / 100;
    if (durationMs < 500) return { bitrateBps: null, fps: null, keyFrameIntervalSeconds: interval };
    const bytes = this.#window.reduce((sum, part) => sum + part.bytes, 0);
    const frames = this.#window.reduce((sum, part) => sum + part.frames, 0);
    return {
      bitrateBps: Math.round((bytes * 8000) / durationMs),
      fps: Math.round((frames * 10_000) / durationMs) / 10,
      keyFrameIntervalSeconds: interval,
    };
  }
}
