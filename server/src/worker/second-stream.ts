import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Ingest, IngestListener, IngestState } from "./ingest.ts";
import type { LiveFeed } from "./live-feed.ts";

/** After the last viewer has left, the stream is kept for those who come back. */
const LINGER_MS = 20_000;
/** A camera that has refused a second connection is left alone for so long. */
const RETRY_MS = 60_000;
/** The recording's connection ending so soon after the second one began shows a camera that serves only one. */
const SUSPECT_MS = 5000;
const SUSPECTED_RETRY_MS = 600_000;

/** What is pulled; an `Ingest`. */
export type Connection = Pick<Ingest, "start" | "close">;

export interface SecondStreamOptions {
  readonly feed: LiveFeed;
  readonly connect: (listener: IngestListener) => Connection;
  /** It cannot be had now, or can again. */
  readonly onAvailable: (available: boolean) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The stream of the camera that is not recorded, pulled only while somebody watches it. It never costs the recording anything: it is
 * pulled only while the recording is connected (a camera that serves a single client must find that one first after a restart), and a
 * camera that gives the recording up for it is not asked again soon.
 */
export class SecondStream {
  readonly #options: SecondStreamOptions;
  #ingest: Connection | null = null;
  #wanted = false;
  #recordingConnected = false;
  #connectedAtMs = 0;
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
      this.#wanted = true;
      this.#connect();
      return;
    }
    this.#cancelLinger = this.#options.clock.after(LINGER_MS, () => {
      this.#wanted = false;
      this.#disconnect();
    });
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
    }
    this.#disconnect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLinger();
    this.#cancelRetry();
    await this.#disconnect();
  }

  #connect(): void {
    if (this.#closed || !this.#wanted || !this.#recordingConnected || this.#ingest !== null) return;
    const { clock, feed, connect, onAvailable } = this.#options;
    const waitMs = this.#notBeforeMs - clock.monotonicMs();
    this.#cancelRetry();
    if (waitMs > 0) {
      onAvailable(false);
      this.#cancelRetry = clock.after(waitMs, () => this.#connect());
      return;
    }
    this.#connectedAtMs = clock.monotonicMs();
    feed.paused({ connection: "connecting", cause: null });
    const ingest: Connection = connect({
      runStarted: (_runId, init) => {
        feed.began(init);
        onAvailable(true);
      },
      initChanged: (init) => feed.began(init),
      fragment: (fragment) => feed.take(fragment),
      runEnded: (cause) => feed.paused({ connection: "connecting", cause }),
      stateChanged: (state) => {
        if (this.#ingest === ingest) this.#failed(state);
      },
    });
    this.#ingest = ingest;
    ingest.start();
  }

  #failed({ connection, cause, lastError }: IngestState): void {
    if (connection !== "offline") return;
    this.#options.log.info("the stream that is not recorded cannot be shown", { cause, error: lastError });
    this.#notBeforeMs = this.#options.clock.monotonicMs() + RETRY_MS;
    this.#options.feed.paused({ connection: "offline", cause });
    void this.#disconnect();
    this.#connect();
  }

  async #disconnect(): Promise<void> {
    const ingest = this.#ingest;
    this.#ingest = null;
    await ingest?.close("stopped");
  }
}
