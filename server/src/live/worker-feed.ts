import { createConnection, type Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type LiveFrame, LiveFrameReader, type LiveHead, type LiveStream } from "../ipc/live-frames.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import type { LiveListener } from "./live-listener.ts";

/** A worker that is not there (yet) is looked for again after this. */
const RETRY_MS = 500;

export interface WorkerFeedOptions {
  /** Where the worker offers its pictures. */
  readonly socketPath: string;
  readonly stream: LiveStream;
  readonly listener: LiveListener;
  readonly clock: Clock;
  readonly log: Log;
}

/** One stream of a camera, pulled from its worker from `start` to `close`; a worker that went away is waited for. */
export class WorkerFeed {
  readonly #options: WorkerFeedOptions;
  #socket: Socket | null = null;
  #closed = false;
  #cancelRetry: () => void = () => {};

  constructor(options: WorkerFeedOptions) {
    this.#options = options;
  }

  start(): void {
    const { socketPath, stream, listener, clock } = this.#options;
    const socket = createConnection(socketPath);
    this.#socket = socket;
    const reader = new LiveFrameReader();
    let head: LiveHead | null = null;
    socket.once("connect", () => socket.write(`${JSON.stringify({ stream })}\n`));
    socket.on("data", (chunk: Buffer) => {
      for (const frame of this.#read(reader, chunk, socket)) {
        if (frame.kind === "head") head = frame.head;
        else head = this.#tell(frame, head);
      }
    });
    // The end is told by `close`, which follows every error.
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#closed) return;
      listener.paused({ connection: "connecting", cause: null });
      this.#cancelRetry = clock.after(RETRY_MS, () => this.start());
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#socket?.destroy();
  }

  #read(reader: LiveFrameReader, chunk: Buffer, socket: Socket): LiveFrame[] {
    if (this.#closed) return [];
    try {
      return reader.push(chunk);
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.#options.log.error("a worker's live pictures cannot be read", { error });
      socket.destroy();
      return [];
    }
  }

  /** Answers the head that still waits for its init. */
  #tell(frame: Exclude<LiveFrame, { kind: "head" }>, head: LiveHead | null): LiveHead | null {
    const { listener } = this.#options;
    switch (frame.kind) {
      case "init":
        if (head !== null) listener.began({ head, init: frame.bytes, converted: null });
        return null;
      case "fragment":
        listener.fragment(frame);
        return null;
      case "pause":
        listener.paused(frame.pause);
        return null;
    }
  }
}
