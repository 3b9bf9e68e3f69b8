import { LiveBeginning, LiveMessage } from "@nightjar/api/live";
import { nowMs } from "../time/now.ts";
import { LatencyKeeper } from "./latency-keeper.ts";
import { FIRST_LIVE_STATE, type LiveState } from "./live-state.ts";
import { liveUrl } from "./live-url.ts";
import { MediaBuffer } from "./media-buffer.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;
/** A server that has refused says so again before long. */
const REFUSED_RETRY_MS = 10_000;
/** Fragments come four times a second. */
const STALLED_MS = 4000;

export interface LivePlayerOptions {
  readonly video: HTMLVideoElement;
  readonly cameraId: number;
  readonly stream: "main" | "sub";
  readonly onState: (state: LiveState) => void;
}

/** A camera's live picture in a `<video>`, connected again for as long as it is not closed. `start()`, then `close()`. */
export class LivePlayer {
  readonly #options: LivePlayerOptions;
  #keeper = new LatencyKeeper();
  #socket: WebSocket | null = null;
  #media: MediaBuffer | null = null;
  /** Its init comes with the next message. */
  #begins: LiveBeginning | null = null;
  #state: LiveState = FIRST_LIVE_STATE;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer = 0;
  #stallTimer = 0;
  /** What to add to this device's clock for the server's. */
  #serverAheadMs = 0;
  #closed = false;

  constructor(options: LivePlayerOptions) {
    this.#options = options;
  }

  /** The server's clock, milliseconds since 1970. */
  get serverNowMs(): number {
    return nowMs() + this.#serverAheadMs;
  }

  start(): void {
    const { cameraId, stream } = this.#options;
    const socket = new WebSocket(liveUrl(cameraId, stream));
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket !== socket) return;
      if (typeof data === "string") this.#tell(data);
      else this.#take(data as ArrayBuffer);
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#reconnect();
    });
  }

  /** The picture stands as it is, for good. */
  freeze(): void {
    this.#closed = true;
    this.#disconnect();
    window.clearTimeout(this.#retryTimer);
    this.#options.video.pause();
  }

  close(): void {
    this.#closed = true;
    this.#disconnect();
    window.clearTimeout(this.#retryTimer);
    this.#media?.close();
    this.#media = null;
  }

  #tell(text: string): void {
    const parsed = LiveMessage.safeParse(JSON.parse(text));
    if (!parsed.success) return;
    const message = parsed.data;
    if ("error" in message) {
      this.#set({ phase: "refused", message: message.error.message });
      this.#retryMs = REFUSED_RETRY_MS;
    } else if ("codecs" in message) {
      this.#begins = LiveBeginning.parse(message);
      this.#serverAheadMs = Date.parse(message.time) - nowMs();
    } else {
      window.clearTimeout(this.#stallTimer);
      const phase = message.connection === "offline" ? "interrupted" : "connecting";
      this.#set({ phase, cause: message.cause });
    }
  }

  #take(bytes: ArrayBuffer): void {
    const begins = this.#begins;
    this.#begins = null;
    if (begins !== null) this.#begin(begins, bytes);
    else this.#media?.append(bytes);
    this.#retryMs = FIRST_RETRY_MS;
    window.clearTimeout(this.#stallTimer);
    this.#stallTimer = window.setTimeout(() => this.#set({ phase: "stalled" }), STALLED_MS);
    if (this.#state.phase === "stalled") this.#set({ phase: "playing" });
  }

  #begin(beginning: LiveBeginning, init: ArrayBuffer): void {
    const { video } = this.#options;
    const { codecs, continues } = beginning;
    if (continues && this.#media !== null) {
      this.#set({ beginning });
      this.#media.changeInit(codecs, init);
      return;
    }
    this.#media?.close();
    this.#media = null;
    if (!MediaBuffer.canPlay(codecs)) {
      this.#set({ phase: "unplayable", beginning });
      return;
    }
    this.#set({ phase: "connecting", cause: null, message: null, beginning });
    this.#media = new MediaBuffer(video, codecs, this.#keeper, {
      playing: () => this.#set({ phase: "playing", cause: null, message: null }),
      failed: () => this.#reconnect(),
    });
    this.#media.append(init);
  }

  #reconnect(): void {
    this.#disconnect();
    if (this.#closed) return;
    if (this.#state.phase !== "refused") this.#set({ phase: "connecting" });
    this.#retryTimer = window.setTimeout(() => this.start(), this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  #disconnect(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#begins = null;
    window.clearTimeout(this.#stallTimer);
  }

  #set(change: Partial<LiveState>): void {
    const unplayable = this.#state.phase === "unplayable" && change.phase === "stalled";
    if (this.#closed || unplayable) return;
    this.#state = { ...this.#state, ...change };
    this.#options.onState(this.#state);
  }
}
