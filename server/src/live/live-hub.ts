import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { stillPicture } from "../ffmpeg/still-picture.ts";
import type { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";
import type { LivePause, LiveStream } from "../ipc/live-frames.ts";
import { FittingFeed } from "./fitting-feed.ts";
import type { LiveBeginning, LiveListener } from "./live-listener.ts";
import { SharedFeed } from "./shared-feed.ts";
import { WorkerFeed } from "./worker-feed.ts";

/** A page that is loaded anew finds its streams still running. */
const LINGER_MS = 3000;
/** So old may a snapshot be that was made for somebody else. */
const SNAPSHOT_MS = 1000;
/** The worker has the newest key frame in memory. A camera that has just been connected sends one within some seconds, usually. */
const KEY_FRAME_WITHIN_MS = 5000;

export interface LiveCamera {
  readonly tenantId: number;
  readonly id: number;
}

export interface LiveHubOptions {
  /** Where the worker of a camera offers its pictures. */
  readonly socketPath: (camera: LiveCamera) => string;
  readonly ffmpeg: string;
  readonly slots: TranscodeSlots;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WatchRequest {
  readonly stream: LiveStream;
  /** The viewer cannot play H.265. */
  readonly h264: boolean;
}

interface Channel {
  readonly shared: SharedFeed;
  close(): void;
  cancelLinger: () => void;
}

interface Snapshot {
  readonly madeMs: number;
  readonly jpeg: Promise<Buffer>;
}

/** Live pictures for all who watch: one connection to the worker for each stream that somebody watches, however many they are. */
export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #snapshots = new Map<number, Snapshot>();

  constructor(options: LiveHubOptions) {
    this.#options = options;
  }

  /** Gives a stream to `listener` until the answer is called. Returns at once; a worker that is not there is waited for. */
  watch(camera: LiveCamera, request: WatchRequest, listener: LiveListener): () => void {
    const key = `${camera.id}/${request.stream}/${request.h264 ? "h264" : "original"}`;
    const channel = this.#channels.get(key) ?? this.#open(key, camera, request);
    channel.cancelLinger();
    channel.shared.add(listener);
    return () => {
      channel.shared.remove(listener);
      this.#lingerUnwatched(key, channel);
    };
  }

  /** The newest key frame as JPEG, shared by all who ask within a second. Throws `camera_offline`, `ffmpeg_missing`, `internal`. */
  snapshot(camera: LiveCamera): Promise<Buffer> {
    const nowMs = this.#options.clock.monotonicMs();
    const known = this.#snapshots.get(camera.id);
    if (known !== undefined && nowMs - known.madeMs < SNAPSHOT_MS) return known.jpeg;
    const snapshot = { madeMs: nowMs, jpeg: this.#takeSnapshot(camera) };
    this.#snapshots.set(camera.id, snapshot);
    const forget = (): void => {
      if (this.#snapshots.get(camera.id) === snapshot) this.#snapshots.delete(camera.id);
    };
    snapshot.jpeg.then(
      () => this.#options.clock.after(SNAPSHOT_MS, forget),
      () => forget(),
    );
    return snapshot.jpeg;
  }

  close(): void {
    for (const channel of this.#channels.values()) {
      channel.cancelLinger();
      channel.close();
    }
    this.#channels.clear();
  }

  #open(key: string, camera: LiveCamera, { stream, h264 }: WatchRequest): Channel {
    const { clock, ffmpeg, slots, log, socketPath } = this.#options;
    const shared = new SharedFeed();
    const passed: LiveListener = {
      began: (beginning) => shared.began(beginning),
      fragment: (fragment) => shared.fragment(fragment),
      paused: (pause) => shared.paused(pause),
      failed: (error) => {
        // Whoever comes later tries anew.
        this.#drop(key, channel);
        shared.failed(error);
      },
    };
    const listener = new FittingFeed({ h264, listener: passed, ffmpeg, slots, clock, log });
    const feed = new WorkerFeed({ socketPath: socketPath(camera), stream, listener, clock, log });
    const close = (): void => {
      feed.close();
      listener.close();
    };
    const channel: Channel = { shared, close, cancelLinger: () => {} };
    this.#channels.set(key, channel);
    feed.start();
    return channel;
  }

  #lingerUnwatched(key: string, channel: Channel): void {
    if (channel.shared.listeners > 0) return;
    channel.cancelLinger();
    channel.cancelLinger = this.#options.clock.after(LINGER_MS, () => {
      if (channel.shared.listeners === 0) this.#drop(key, channel);
    });
  }

  #drop(key: string, channel: Channel): void {
    channel.close();
    if (this.#channels.get(key) === channel) this.#channels.delete(key);
  }

  async #takeSnapshot(camera: LiveCamera): Promise<Buffer> {
    const { ffmpeg, clock } = this.#options;
    return stillPicture(ffmpeg, await this.#newestKeyFrame(camera), clock);
  }

  #newestKeyFrame(camera: LiveCamera): Promise<Buffer> {
    const { clock, log, socketPath } = this.#options;
    return new Promise((resolve, reject) => {
      let beginning: LiveBeginning | null = null;
      const end = (): void => {
        cancel();
        feed.close();
      };
      const fail = (cause: LivePause["cause"]): void => {
        end();
        reject(noPicture(camera, cause));
      };
      const feed = new WorkerFeed({
        socketPath: socketPath(camera),
        stream: "recorded",
        listener: {
          began: (begun) => {
            beginning = begun;
          },
          fragment: ({ bytes, sync }) => {
            if (beginning === null || !sync) return;
            end();
            resolve(Buffer.concat([beginning.init, bytes]));
          },
          paused: ({ connection, cause }) => {
            if (connection === "offline") fail(cause);
          },
          failed: reject,
        },
        clock,
        log,
      });
      const cancel = clock.after(KEY_FRAME_WITHIN_MS, () => fail(null));
      feed.start();
    });
  }
}

function noPicture({ id }: LiveCamera, cause: LivePause["cause"]): NightjarError {
  return new NightjarError(
    "camera_offline",
    `Camera ${id} sends no picture at the moment. Its status, and its diagnosis, say why.`,
    { details: { cause } },
  );
}
