import type { LatencyKeeper } from "./latency-keeper.ts";

/** What was shown longer ago than this is let go. */
const KEPT_SECONDS = 10;
const TRIM_OVER_SECONDS = 20;
/** Where a picture begins behind the newest one: a fragment is a quarter of a second. */
const START_BEHIND_SECONDS = 0.3;

/** On an iPhone it goes by another name. */
const Source: typeof MediaSource | undefined =
  globalThis.MediaSource ?? (globalThis as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource;

/** Whether this browser can play live pictures at all. */
export function isLiveSupported(): boolean {
  return Source !== undefined;
}

/** A picture that has just begun, or was moved, may stop once more before it runs: that says nothing of the network. */
const SETTLING_MS = 1500;

export interface MediaBufferListener {
  /** It moves. */
  playing(): void;
  /** The browser gave up on it: begin anew. */
  failed(reason: string): void;
}

/**
 * One run of a stream in a `<video>`, held near its end: fragments go in as they come, the picture follows them at the distance that
 * `LatencyKeeper` says. Made for one element, then `close()`.
 */
export class MediaBuffer {
  readonly #video: HTMLVideoElement;
  readonly #listener: MediaBufferListener;
  readonly #keeper: LatencyKeeper;
  readonly #source: MediaSource;
  readonly #url: string;
  readonly #stop = new AbortController();
  #codecs: string;
  #buffer: SourceBuffer | null = null;
  /** `codecs`: it is an init, of these. */
  #waiting: { readonly codecs: string | null; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];
  #started = false;
  #movedMs = 0;

  /** Throws where the browser cannot play `codecs`; see `canPlay`. `keeper` goes on from run to run of a connection. */
  constructor(video: HTMLVideoElement, codecs: string, keeper: LatencyKeeper, listener: MediaBufferListener) {
    if (Source === undefined) throw new Error("This browser cannot play live pictures.");
    this.#source = new Source();
    this.#video = video;
    this.#listener = listener;
    this.#keeper = keeper;
    this.#codecs = codecs;
    this.#url = URL.createObjectURL(this.#source);
    const { signal } = this.#stop;
    this.#source.addEventListener("sourceopen", () => this.#open(), { once: true, signal });
    video.addEventListener("waiting", () => this.#stalled(), { signal });
    video.addEventListener("playing", () => listener.playing(), { signal });
    video.addEventListener("error", () => this.#fail(video.error?.message ?? "error"), { signal });
    video.src = this.#url;
  }

  static canPlay(codecs: string): boolean {
    return Source?.isTypeSupported(mimeType(codecs)) ?? false;
  }

  /** The run goes on with another init, perhaps of other codecs. */
  changeInit(codecs: string, init: ArrayBuffer): void {
    this.#waiting.push({ codecs, bytes: new Uint8Array(init) });
    this.#pump();
  }

  append(bytes: ArrayBuffer): void {
    this.#waiting.push({ codecs: null, bytes: new Uint8Array(bytes) });
    this.#pump();
  }

  close(): void {
    this.#stop.abort();
    this.#video.removeAttribute("src");
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  #open(): void {
    this.#buffer = this.#source.addSourceBuffer(mimeType(this.#codecs));
    const { signal } = this.#stop;
    this.#buffer.addEventListener("updateend", () => this.#updated(), { signal });
    this.#pump();
  }

  /** All that waits, up to the next init, goes in at once: one update of the buffer costs the same for one fragment as for ten. */
  #pump(): void {
    const buffer = this.#buffer;
    const [first] = this.#waiting;
    if (buffer === null || buffer.updating || first === undefined) return;
    if (this.#started) this.#keepNear();
    const next = this.#waiting.findIndex(({ codecs }, index) => index > 0 && codecs !== null);
    const parts = this.#waiting.splice(0, next === -1 ? this.#waiting.length : next);
    try {
      if (first.codecs !== null && first.codecs !== this.#codecs) {
        this.#codecs = first.codecs;
        buffer.changeType(mimeType(first.codecs));
      }
      buffer.appendBuffer(joined(parts.map(({ bytes }) => bytes)));
    } catch (error) {
      this.#fail(String(error));
    }
  }

  #updated(): void {
    const range = this.#newestRange();
    if (range !== null) {
      if (!this.#started) this.#start(range);
      // A hole: what was left out for a viewer who fell behind does not come any more.
      else if (this.#video.currentTime < range.start) this.#moveTo(range);
      if (this.#trim()) return;
    }
    this.#pump();
  }

  #start(range: Range): void {
    this.#started = true;
    this.#moveTo(range);
    void this.#video.play().catch(() => {
      // Without a click on the page a browser plays only what is silent.
      this.#video.muted = true;
      void this.#video.play().catch(() => undefined);
    });
  }

  #moveTo({ start, end }: Range): void {
    this.#video.currentTime = Math.max(start, end - START_BEHIND_SECONDS - this.#keeper.targetSeconds);
    this.#movedMs = performance.now();
    this.#keeper.moved();
  }

  #keepNear(): void {
    const range = this.#newestRange();
    if (range === null) return;
    const video = this.#video;
    const { rate, skipSeconds } = this.#keeper.arrived(range.end - video.currentTime, performance.now());
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (skipSeconds > 0) video.currentTime += skipSeconds;
    if (video.paused) void video.play().catch(() => undefined);
  }

  #stalled(): void {
    // While the page is hidden nothing is shown, and after a seek waiting is usual.
    const settled = performance.now() - this.#movedMs > SETTLING_MS;
    if (this.#started && settled && !this.#video.seeking && !document.hidden) this.#keeper.stalled();
  }

  /** Answers whether the buffer is being changed. */
  #trim(): boolean {
    const buffer = this.#buffer;
    if (buffer === null || buffer.updating || buffer.buffered.length === 0) return false;
    const at = this.#video.currentTime;
    if (at - buffer.buffered.start(0) < TRIM_OVER_SECONDS) return false;
    buffer.remove(0, at - KEPT_SECONDS);
    return true;
  }

  #newestRange(): Range | null {
    const ranges = this.#buffer?.buffered;
    if (ranges === undefined || ranges.length === 0) return null;
    return { start: ranges.start(ranges.length - 1), end: ranges.end(ranges.length - 1) };
  }

  #fail(reason: string): void {
    this.#stop.abort();
    this.#listener.failed(reason);
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function mimeType(codecs: string): string {
  return `video/mp4; codecs="${codecs}"`;
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
