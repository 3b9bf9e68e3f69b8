import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { LivePause } from "../ipc/live-frames.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import type { Ingest, IngestListener, IngestState } from "./ingest.ts";
import type { LiveFeed } from "./live-feed.ts";

/** After the last viewer has left, the stream is kept for those who come back. */
const LINGER_MS = 20_000;
/** A camera that has refused a second connection is left alone for so long where somebody wants to watch; */
const RETRY_MS = 60_000;
/** where nobody does, for longer each time, at most so long. */
const LONGEST_RETRY_MS = 3_600_000;
/** The recording's connection ending so soon after the second one began shows a camera that serves only one. */
const SUSPECT_MS = 5000;
const SUSPECTED_RETRY_MS = 600_000;
const NO_FAILURES = { count: 0, lastMs: 0, lastError: null };

/** What is pulled; an `Ingest`. */
export type Connection = Pick<Ingest, "start" | "close">;

/** Looks at what comes of the second stream, whoever it is pulled for. */
export interface SecondStreamTap {
  /** A run begins, or goes on with another init. */
  began(init: StreamInit): void;
  /** `arrivalMs`: wall time. */
  take(fragment: Fragment, arrivalMs: number): void;
  ended(): void;
}

export interface SecondStreamOptions {
  readonly feed: LiveFeed;
  /** It may have sound that somebody wants to hear. */
  readonly sound: boolean;
  readonly tap: SecondStreamTap;
  /** Makes the connection; it is started then. */
  readonly connect: (listener: IngestListener, withSound: boolean) => Connection;
  /** It cannot be had now, or can again. */
  readonly onAvailable: (available: boolean) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The stream of the camera that is not recorded, pulled while somebody watches it or pictures are made of it. It never costs the recording
 * anything: it is pulled only while the recording is connected (a camera that serves a single client must find that one first after a
 * restart), and a camera that gives the recording up for it is not asked again soon for those who watch, and never again for pictures.
 */
export class SecondStream {
  readonly #options: SecondStreamOptions;
  #ingest: Connection | null = null;
  #withSound = false;
  #watched = false;
  #held = false;
  #servesOne = false;
  #recordingConnected = false;
  #connectedAtMs = 0;
  #failures: { readonly count: number; readonly lastMs: number; readonly lastError: string | null } = NO_FAILURES;
  #notBeforeMs = 0;
  #closed = false;
  #cancelLinger: () => void = () => {};
  #cancelRetry: () => void = () => {};

  constructor(options: SecondStreamOptions) {
    this.#options = options;
  }

  /** Somebody watches it, or nobody any more. */
  want(wanted: boolean): void {
    this.#cancelLinger();
    if (wanted) {
      this.#watched = true;
      this.#connectAsWanted();
      return;
    }
    this.#cancelLinger = this.#options.clock.after(LINGER_MS, () => {
      this.#watched = false;
      this.#connectAsWanted();
    });
  }

  /** Pictures are made of it, or not any more. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#connectAsWanted();
  }

  /** The connection of the recording is there, or not. */
  recordingConnected(connected: boolean): void {
    if (connected === this.#recordingConnected) return;
    this.#recordingConnected = connected;
    if (connected) {
      this.#connect();
      return;
    }
    const aliveMs = this.#options.clock.monotonicMs() - this.#connectedAtMs;
    if (this.#ingest !== null && aliveMs < SUSPECT_MS) {
      this.#options.log.warn("the camera seems to serve only one client: its other stream is left alone for a while");
      this.#notBeforeMs = this.#options.clock.monotonicMs() + SUSPECTED_RETRY_MS;
      this.#servesOne = true;
    }
    void this.#disconnect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLinger();
    this.#cancelRetry();
    await this.#disconnect();
  }

  get #wanted(): boolean {
    return this.#watched || (this.#held && !this.#servesOne);
  }

  /** Sound may have to be encoded: it is for those who watch, not for pictures. */
  get #soundWanted(): boolean {
    return this.#watched && this.#options.sound;
  }

  #connectAsWanted(): void {
    const asWanted = this.#wanted && this.#withSound === this.#soundWanted;
    if (this.#ingest === null || asWanted) this.#connect();
    else void this.#disconnect().then(() => this.#connect());
  }

  #connect(): void {
    if (this.#closed || !this.#wanted || !this.#recordingConnected || this.#ingest !== null) return;
    const { clock, feed, onAvailable } = this.#options;
    const waitMs = Math.max(this.#notBeforeMs, this.#retryAtMs) - clock.monotonicMs();
    this.#cancelRetry();
    if (waitMs > 0) {
      onAvailable(false);
      this.#cancelRetry = clock.after(waitMs, () => this.#connect());
      return;
    }
    this.#connectedAtMs = clock.monotonicMs();
    this.#withSound = this.#soundWanted;
    feed.paused({ connection: "connecting", cause: null });
    let ingest: Connection | null = null;
    // A connection that has been given up ends later, when another may be there already.
    const current = (): boolean => this.#ingest === ingest;
    ingest = this.#options.connect(this.#listener(current), this.#withSound);
    this.#ingest = ingest;
    ingest.start();
  }

  #listener(current: () => boolean): IngestListener {
    const { feed, tap, onAvailable } = this.#options;
    return {
      runStarted: (_runId, init) => {
        if (!current()) return;
        this.#failures = NO_FAILURES;
        feed.began(init);
        tap.began(init);
        onAvailable(true);
      },
      initChanged: (init) => {
        if (!current()) return;
        feed.began(init);
        tap.began(init);
      },
      fragment: (fragment, arrivalMs) => {
        if (!current()) return;
        feed.take(fragment);
        tap.take(fragment, arrivalMs);
      },
      runEnded: (cause) => {
        if (current()) this.#ended({ connection: "connecting", cause });
      },
      stateChanged: (state) => {
        if (current()) this.#failed(state);
      },
    };
  }

  #failed({ connection, cause, lastError }: IngestState): void {
    if (connection !== "offline") return;
    const { clock, log } = this.#options;
    // A camera that refuses it is asked for days: only what is new is worth a line.
    if (lastError !== this.#failures.lastError)
      log.info("the stream that is not recorded cannot be had", { cause, error: lastError });
    this.#failures = { count: this.#failures.count + 1, lastMs: clock.monotonicMs(), lastError };
    void this.#disconnect({ connection: "offline", cause });
    this.#connect();
  }

  /** When the camera may be asked again after it has refused; 0: it has not. */
  get #retryAtMs(): number {
    const { count, lastMs } = this.#failures;
    if (count === 0) return 0;
    return lastMs + (this.#watched ? RETRY_MS : Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (count - 1)));
  }

  #ended(pause: LivePause): void {
    this.#options.feed.paused(pause);
    this.#options.tap.ended();
  }

  async #disconnect(pause: LivePause = { connection: "connecting", cause: null }): Promise<void> {
    const ingest = this.#ingest;
    if (ingest === null) return;
    this.#ingest = null;
    this.#ended(pause);
    await ingest.close("stopped");
  }
}
