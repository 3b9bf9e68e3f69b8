import { extendWindow, type FootageWindow, openWindow } from "./footage-window.ts";
import { FrameMeter } from "./frame-meter.ts";
import { HlsStream, type StreamFailure } from "./hls-stream.ts";
import { INITIAL_STATE, type PlayerNotice, type PlayerState } from "./player-state.ts";
import type { Speed } from "./speeds.ts";
import { mediaEnd, mediaToWall, type WallClockTable, wallEnd, wallToMedia } from "./wall-clock-table.ts";
import { WallTime } from "./wall-time.ts";

/** Media seconds before the end of the window, at normal speed, at which it is made longer. */
const EXTEND_AT_SECONDS = 120;

/** Nearer than this to the end of the table counts as its end: the last frame is shown. */
const END_SECONDS = 0.3;

/** A picture that stands still for want of media this near to the end has reached it: browsers stop a little before. */
const STARVING_END_SECONDS = 2;

const BEGIN_TOLERANCE_SECONDS = 2;

const RETRY_MS = 3000;

/** A second loss of the same kind within this is not bad luck. */
const RELOAD_ONCE_PER_MS = 10_000;

/**
 * Plays one camera's footage by wall time: over segments, gaps and windows, and on as new footage arrives. It owns the video element's
 * source; a page owns it, and calls `close()` at the end.
 */
export class WallPlayer {
  readonly wallTime = new WallTime();
  readonly #video: HTMLVideoElement;
  readonly #frames: FrameMeter;
  readonly #listeners = new Set<() => void>();
  readonly #ended = new AbortController();
  #state: PlayerState = INITIAL_STATE;
  #cameraId: number | null = null;
  #opening: AbortController | undefined;
  #window: FootageWindow | undefined;
  #stream: HlsStream | undefined;
  #table: WallClockTable = [];
  /** The wall time to begin at, until the playlist is placed. */
  #beginMs: number | null = null;
  /** The position the stream was begun at, until its first picture is there. */
  #begunSeconds: number | null = null;
  #queuedSeek: { mediaSeconds: number; wallMs: number } | null = null;
  #nextWindowMs: number | null = null;
  #extending = false;
  #shown: { mediaSeconds: number; wallMs: number } | null = null;
  #reloadedAtMs = Number.NEGATIVE_INFINITY;
  #retry: number | undefined;
  #tick = 0;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.#frames = new FrameMeter(video);
    video.muted = this.#state.muted;
    const on = (type: keyof HTMLMediaElementEventMap, listener: () => void) =>
      video.addEventListener(type, listener, { signal: this.#ended.signal });
    on("seeking", () => this.#change({ stalled: true }));
    on("waiting", () => this.#change({ stalled: true }));
    for (const type of ["seeked", "playing", "canplay"] as const) on(type, () => this.#pictureIsThere());
    on("pause", () => {
      if (this.#state.phase === "ready" && !video.seeking) this.#change({ playing: false });
    });
    this.#tick = requestAnimationFrame(this.#onTick);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): PlayerState => this.#state;

  /** Shows a camera's footage at a wall time; in a gap the next footage. Plays on if it was playing, or if `play`. */
  open(cameraId: number, ms: number, play = this.#state.playing): void {
    this.#change({ playing: play, notice: null });
    if (cameraId === this.#cameraId && this.#seekWithinWindow(ms)) return;
    this.#cameraId = cameraId;
    void this.#load(ms);
  }

  /** Follows a finger: moves inside what is loaded at once, elsewhere only the time until `open` is called. */
  scrub(ms: number): void {
    const placement = this.#stream === undefined ? null : wallToMedia(this.#table, ms);
    if (placement?.kind === "footage" && this.#covers(ms)) this.#seek(placement.mediaSeconds, ms);
    else this.#change({ targetMs: ms });
  }

  play(): void {
    this.#change({ playing: true });
    this.#applyPlaying();
  }

  pause(): void {
    this.#change({ playing: false });
    this.#video.pause();
  }

  toggle(): void {
    if (this.#state.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: Speed): void {
    this.#change({ speed });
    this.#applySpeed();
  }

  setMuted(muted: boolean): void {
    this.#video.muted = muted;
    this.#change({ muted });
  }

  /** Shows the next or previous frame and stops there. */
  step(direction: 1 | -1): void {
    this.pause();
    if (this.#stream === undefined || this.#video.seeking) return;
    const last = mediaEnd(this.#table) - this.#frames.frameSeconds / 2;
    const next = this.#video.currentTime + direction * this.#frames.frameSeconds;
    this.#seek(Math.max(0, Math.min(next, last)));
  }

  /** Moves by seconds of footage; gaps do not count. */
  skip(seconds: number): void {
    if (this.#stream === undefined || this.#cameraId === null) return;
    const from = this.#queuedSeek?.mediaSeconds ?? this.#video.currentTime;
    const to = from + seconds;
    const firstWallMs = this.#table[0]?.wallStartMs;
    if (to < 0 && firstWallMs !== undefined) {
      this.open(this.#cameraId, firstWallMs + to * 1000);
      return;
    }
    this.#seek(Math.min(to, mediaEnd(this.#table) - END_SECONDS / 2));
  }

  dismissNotice(): void {
    this.#change({ notice: null });
  }

  /** A live event says that the camera has footage until `endMs`. */
  noticeFootage(cameraId: number, endMs: number): void {
    if (cameraId !== this.#cameraId) return;
    const knownMs = wallEnd(this.#table);
    if (knownMs !== null && endMs > knownMs) this.#window?.source.noticeNewFootage();
  }

  /** The server answers again. */
  noticeReconnected(): void {
    if (this.#state.phase === "disconnected") this.#goOn();
  }

  close(): void {
    this.#ended.abort();
    this.#opening?.abort();
    cancelAnimationFrame(this.#tick);
    window.clearTimeout(this.#retry);
    this.#frames.close();
    this.#stream?.destroy();
  }

  async #load(ms: number): Promise<void> {
    this.#opening?.abort();
    window.clearTimeout(this.#retry);
    const opening = new AbortController();
    this.#opening = opening;
    this.#queuedSeek = null;
    this.#change({ phase: "loading", targetMs: ms, error: null });
    const cameraId = this.#cameraId;
    if (cameraId === null) return;
    try {
      const opened = await openWindow(cameraId, ms, opening.signal);
      if (opening.signal.aborted) return;
      this.#begin(opened, opened?.notice ?? null);
    } catch (error) {
      if (opening.signal.aborted || !(error instanceof Error)) return;
      this.#change({ phase: "failed", error });
    }
  }

  #begin(opened: FootageWindow | null, notice: PlayerNotice | null): void {
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#table = [];
    this.#shown = null;
    this.#nextWindowMs = null;
    this.#window = opened ?? undefined;
    if (opened === null) {
      this.#change({ phase: "empty", targetMs: null, notice: null });
      this.wallTime.set(null);
      return;
    }
    this.#beginMs = opened.atMs;
    this.#begunSeconds = null;
    this.#change({ notice, targetMs: opened.atMs });
    this.#stream = new HlsStream(this.#video, opened.source, {
      onTable: (table) => this.#place(table),
      onFailure: (failure) => this.#fail(failure),
    });
    this.#applySpeed();
  }

  #place(table: WallClockTable): void {
    this.#table = table;
    if (this.#beginMs !== null) {
      const placement = wallToMedia(table, this.#beginMs);
      this.#beginMs = null;
      const mediaSeconds = placement.kind === "after" ? Math.max(0, mediaEnd(table) - 2) : placement.mediaSeconds;
      this.#begunSeconds = mediaSeconds;
      this.#stream?.start(mediaSeconds);
      this.#applyPlaying();
    }
    const hasMore = mediaEnd(table) - this.#video.currentTime > STARVING_END_SECONDS;
    if (this.#state.phase === "at-newest" && hasMore) this.#change({ phase: "ready" });
  }

  #covers(ms: number): boolean {
    const source = this.#window?.source;
    return source !== undefined && source.startMs <= ms && ms < source.endMs;
  }

  #seekWithinWindow(ms: number): boolean {
    if (this.#stream === undefined || this.#beginMs !== null || !this.#covers(ms)) return false;
    if (this.#state.phase !== "ready" && this.#state.phase !== "at-newest") return false;
    const placement = wallToMedia(this.#table, ms);
    if (placement.kind === "after") return false;
    if (placement.kind === "gap") this.#change({ notice: { kind: "gap-skipped", fromMs: ms, toMs: placement.wallMs } });
    this.#seek(placement.mediaSeconds, placement.kind === "gap" ? placement.wallMs : ms);
    this.#applyPlaying();
    return true;
  }

  /** Seeks one after the other: while one is under way only the newest wish is kept. */
  #seek(mediaSeconds: number, wallMs = mediaToWall(this.#table, mediaSeconds) ?? 0): void {
    this.#change({ targetMs: wallMs, phase: "ready" });
    if (this.#video.seeking) {
      this.#queuedSeek = { mediaSeconds, wallMs };
      return;
    }
    this.#shown = null;
    this.#video.currentTime = mediaSeconds;
  }

  #pictureIsThere(): void {
    if (this.#stream === undefined || this.#beginMs !== null || this.#video.seeking) return;
    const queued = this.#queuedSeek;
    this.#queuedSeek = null;
    if (queued !== null) {
      this.#seek(queued.mediaSeconds, queued.wallMs);
      return;
    }
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const begunSeconds = this.#begunSeconds;
    this.#begunSeconds = null;
    // hls.js forgets where it was to begin when its first request fails, and takes the newest footage instead.
    if (begunSeconds !== null && Math.abs(this.#video.currentTime - begunSeconds) > BEGIN_TOLERANCE_SECONDS) {
      this.#seek(begunSeconds);
      return;
    }
    const { phase } = this.#state;
    const goesOn = phase === "loading" || phase === "disconnected";
    this.#change({ stalled: false, targetMs: null, ...(goesOn ? { phase: "ready" as const } : {}) });
    this.#applyPlaying();
  }

  #applyPlaying(): void {
    if (!this.#state.playing || !this.#video.paused) return;
    this.#video.play().catch((error: unknown) => {
      // Without a click before it a page may play only silently.
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (this.#video.muted) this.#change({ playing: false });
      else {
        this.setMuted(true);
        this.#applyPlaying();
      }
    });
  }

  #applySpeed(): void {
    this.#video.defaultPlaybackRate = this.#state.speed;
    this.#video.playbackRate = this.#state.speed;
    this.#stream?.prepareFor(this.#state.speed);
  }

  #onTick = (): void => {
    this.#tick = requestAnimationFrame(this.#onTick);
    const { targetMs, playing, speed } = this.#state;
    if (targetMs !== null) {
      this.wallTime.set(targetMs);
      return;
    }
    if (this.#stream === undefined || this.#table.length === 0) return;
    const mediaSeconds = this.#video.currentTime;
    const wallMs = mediaToWall(this.#table, mediaSeconds);
    if (wallMs === null) return;
    this.#noticeGap(mediaSeconds, wallMs);
    this.wallTime.set(wallMs);
    const remaining = mediaEnd(this.#table) - mediaSeconds;
    this.#window?.source.noticeRemaining(remaining / speed);
    if (remaining < EXTEND_AT_SECONDS * Math.max(1, speed)) void this.#extend();
    const starves = this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (playing && remaining < (starves ? STARVING_END_SECONDS : END_SECONDS)) this.#atEnd();
  };

  /** Playback that went on past a gap says so: the clock has jumped. */
  #noticeGap(mediaSeconds: number, wallMs: number): void {
    const before = this.#shown;
    this.#shown = { mediaSeconds, wallMs };
    if (before === null || !this.#state.playing) return;
    const jumpedMs = wallMs - before.wallMs - (mediaSeconds - before.mediaSeconds) * 1000;
    if (jumpedMs > 1000) this.#change({ notice: { kind: "gap-skipped", fromMs: before.wallMs, toMs: wallMs } });
  }

  async #extend(): Promise<void> {
    const source = this.#window?.source;
    if (source === undefined || this.#extending || this.#nextWindowMs !== null) return;
    this.#extending = true;
    try {
      const nextMs = await extendWindow(source);
      if (source === this.#window?.source) this.#nextWindowMs = nextMs;
    } catch {
      // Tried again at the next tick that is near the end; a lost server is said by the shell.
      await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
    } finally {
      this.#extending = false;
    }
  }

  #atEnd(): void {
    if (this.#nextWindowMs !== null) {
      const nextMs = this.#nextWindowMs;
      this.#nextWindowMs = null;
      void this.#load(nextMs);
    } else if (this.#state.phase === "ready") this.#change({ phase: "at-newest", stalled: false });
  }

  #fail(failure: StreamFailure): void {
    if (failure === "codec") {
      this.#stream?.destroy();
      this.#stream = undefined;
      this.#change({ phase: "codec", targetMs: null, stalled: false });
      return;
    }
    if (failure === "network") {
      this.#change({ phase: "disconnected", targetMs: this.wallTime.ms });
      window.clearTimeout(this.#retry);
      this.#retry = window.setTimeout(() => this.#goOn(), RETRY_MS);
      return;
    }
    // The file was closed under another name, or deleted, or holds something odd: the playlist is read anew from where we are.
    const now = performance.now();
    if (now - this.#reloadedAtMs < RELOAD_ONCE_PER_MS) {
      this.#change({ phase: "failed" });
      return;
    }
    this.#reloadedAtMs = now;
    if (this.wallTime.ms !== null) void this.#load(this.wallTime.ms);
  }

  #goOn(): void {
    window.clearTimeout(this.#retry);
    if (this.#stream === undefined) return;
    this.#stream.retry(this.#video.currentTime);
    this.#change({ targetMs: null, phase: "ready", stalled: true });
  }

  #change(change: Partial<PlayerState>): void {
    const changed = Object.entries(change).some(([key, value]) => this.#state[key as keyof PlayerState] !== value);
    if (!changed) return;
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
