import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { LivePause, LiveStream } from "../ipc/live-frames.ts";
import { LiveFeed, type LiveListener } from "./live-feed.ts";
import { SecondStream, type SecondStreamOptions, type SecondStreamTap } from "./second-stream.ts";

export interface LiveStreamsOptions {
  /** Which of the camera's streams is recorded. */
  readonly recordedStream: "main" | "sub";
  readonly maxBufferBytes: number;
  /** Pulls the stream that is not recorded; null where there is none. */
  readonly connectSecond: SecondStreamOptions["connect"] | null;
  /** Somebody may want to hear it. */
  readonly sound: boolean;
  /** Looks at the stream that is not recorded. */
  readonly tap: SecondStreamTap;
  readonly clock: Clock;
  readonly log: Log;
}

/** What of a camera can be watched: the stream that is recorded, and the other one where there is one. */
export class LiveStreams {
  readonly #options: LiveStreamsOptions;
  /** Fed by the recording. */
  readonly recorded: LiveFeed;
  readonly #secondFeed: LiveFeed;
  #second: SecondStream | null = null;
  #secondAvailable = true;
  readonly #secondListeners = new Set<LiveListener>();

  constructor(options: LiveStreamsOptions) {
    const { recordedStream, maxBufferBytes } = options;
    this.#options = options;
    this.recorded = new LiveFeed(recordedStream, maxBufferBytes);
    this.#secondFeed = new LiveFeed(recordedStream === "main" ? "sub" : "main", maxBufferBytes);
    this.#second = this.#newSecond();
  }

  /**
   * Listens to a stream until the answer is called. A stream that the camera does not have, or does not serve now beside the recorded one,
   * is replaced by that: the heads say which one it is.
   */
  listen(stream: LiveStream, listener: LiveListener): () => void {
    if (this.#second === null || stream === "recorded" || stream === this.recorded.stream) {
      this.recorded.add(listener);
      return () => this.recorded.remove(listener);
    }
    this.#secondListeners.add(listener);
    this.#second.want(true);
    this.#shownSecond.add(listener);
    return () => {
      this.#secondListeners.delete(listener);
      this.recorded.remove(listener);
      this.#secondFeed.remove(listener);
      if (this.#secondListeners.size === 0) this.#second?.want(false);
    };
  }

  /** The stream that is not recorded is wanted for pictures, or not any more. */
  holdSecond(held: boolean): void {
    this.#second?.hold(held);
  }

  recordingConnected(connected: boolean): void {
    this.#second?.recordingConnected(connected);
  }

  /** Nothing comes from the camera for now. */
  paused(pause: LivePause): void {
    this.recorded.paused(pause);
    this.#secondFeed.paused(pause);
  }

  resize(maxBufferBytes: number): void {
    this.recorded.resize(maxBufferBytes);
    this.#secondFeed.resize(maxBufferBytes);
  }

  async close(): Promise<void> {
    await this.#second?.close();
  }

  get #shownSecond(): LiveFeed {
    return this.#secondAvailable ? this.#secondFeed : this.recorded;
  }

  #newSecond(): SecondStream | null {
    const { connectSecond, sound, tap, clock, log } = this.#options;
    if (connectSecond === null) return null;
    return new SecondStream({
      feed: this.#secondFeed,
      sound,
      tap,
      connect: connectSecond,
      onAvailable: (available) => this.#moveSecond(available),
      clock,
      log,
    });
  }

  #moveSecond(available: boolean): void {
    if (available === this.#secondAvailable) return;
    const before = this.#shownSecond;
    this.#secondAvailable = available;
    for (const listener of this.#secondListeners) {
      before.remove(listener);
      this.#shownSecond.add(listener);
    }
  }
}
