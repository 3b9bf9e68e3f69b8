import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { SecretBox } from "../base/sealed-secret.ts";
import { liveSocketPath } from "../ipc/live-frames.ts";
import type { WorkerSettings } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { Ingest, type IngestListener, type IngestState } from "./ingest.ts";
import { ingestSettings } from "./ingest-settings.ts";
import { LiveSocket } from "./live-socket.ts";
import { LiveStreams } from "./live-streams.ts";
import type { SecondStreamTap } from "./second-stream.ts";

export interface CameraLiveOptions {
  /** Of the messages; the pictures have one of their own beside it. */
  readonly socketPath: string;
  readonly settings: WorkerSettings;
  readonly secretBox: SecretBox;
  /** Looks at the stream that is not recorded, while it is pulled. */
  readonly tap: SecondStreamTap;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The camera's pictures for whoever watches now: the recorded stream as it comes, the other one pulled while somebody wants it. They are
 * worth less than the recording, which goes on where they cannot be offered.
 */
export class CameraLive {
  readonly #options: CameraLiveOptions;
  #settings: WorkerSettings;
  #streams: LiveStreams;
  #socket: LiveSocket | null = null;
  /** Of the recorded stream, while it runs. */
  #init: StreamInit | null = null;
  #connected = false;
  #held = false;

  constructor(options: CameraLiveOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#streams = this.#newStreams();
  }

  /** Listens for the server. */
  async offer(): Promise<void> {
    try {
      this.#socket = await LiveSocket.start({
        path: liveSocketPath(this.#options.socketPath),
        listen: ({ stream }, listener) => this.#streams.listen(stream, listener),
      });
    } catch (error) {
      this.#options.log.error("live pictures of this camera cannot be offered", { error });
    }
  }

  /** The recorded stream begins, or goes on with another init. */
  began(init: StreamInit): void {
    this.#init = init;
    this.#streams.recorded.began(init);
  }

  take(fragment: Fragment): void {
    this.#streams.recorded.take(fragment);
  }

  runEnded(): void {
    this.#init = null;
    this.#streams.paused({ connection: "connecting", cause: null });
  }

  stateChanged({ connection, cause }: IngestState): void {
    // While it is tried again it is still away, for the same cause.
    if (connection !== "connected")
      this.#streams.paused({ connection: cause === null ? connection : "offline", cause });
    this.#connected = connection === "connected";
    this.#streams.recordingConnected(this.#connected);
  }

  /** The stream that is not recorded is wanted for pictures, or not any more. */
  holdSecond(held: boolean): void {
    this.#held = held;
    this.#streams.holdSecond(held);
  }

  /** Where the streams are others, whoever watches comes back to these. */
  async apply(settings: WorkerSettings): Promise<void> {
    const before = this.#settings;
    this.#settings = settings;
    this.#streams.resize(settings.maxBufferBytes);
    if (isDeepStrictEqual(streamsOf(before), streamsOf(settings))) return;
    const streams = this.#streams;
    this.#streams = this.#newStreams();
    if (this.#init !== null) this.#streams.recorded.began(this.#init);
    this.#streams.holdSecond(this.#held);
    this.#streams.recordingConnected(this.#connected);
    this.#socket?.disconnectAll();
    await streams.close();
  }

  async close(): Promise<void> {
    await Promise.all([this.#streams.close(), this.#socket?.close()]);
  }

  #newStreams(): LiveStreams {
    const { recordedStream, otherStreamUrl, maxBufferBytes, audio } = this.#settings;
    const { tap, clock, log } = this.#options;
    const connectSecond =
      otherStreamUrl === null
        ? null
        : (listener: IngestListener, withSound: boolean) => this.#second(otherStreamUrl, listener, withSound);
    return new LiveStreams({ recordedStream, maxBufferBytes, connectSecond, sound: audio.enabled, tap, clock, log });
  }

  #second(url: string, listener: IngestListener, withSound: boolean): Ingest {
    const { secretBox, clock, log } = this.#options;
    const { source, audio, ffmpegPath } = ingestSettings(this.#settings, secretBox);
    const settings = { ffmpegPath, audio: { ...audio, enabled: audio.enabled && withSound } };
    return new Ingest({ ...settings, source: { ...source, url, quick: true } }, listener, clock, log);
  }
}

function streamsOf({ source, audio, ffmpegPath, recordedStream, otherStreamUrl }: WorkerSettings) {
  return { source, audio, ffmpegPath, recordedStream, otherStreamUrl };
}
