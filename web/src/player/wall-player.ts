import { extendWindow, type FootageWindow, openWindow, withheldSeconds } from "./footage-window.ts";
import { FrameIndex } from "./frame-index.ts";
import { FrameMeter } from "./frame-meter.ts";
import { HlsStream, type StreamFailure } from "./hls-stream.ts";
import { footageBehindMs, untilFrameBehind } from "./next-footage.ts";
import { INITIAL_STATE, type PlayerEvents, type PlayerState } from "./player-state.ts";
import { FULL_FORM, formFor, isSameForm, type PlaylistForm } from "./playlist-form.ts";
import type { Speed } from "./speeds.ts";
import { Store } from "./store.ts";
import { VideoPace } from "./video-pace.ts";
import { VideoSeeker } from "./video-seeker.ts";
import { footageAway, mediaEnd, mediaToWall, type WallClockTable, wallEnd, wallToMedia } from "./wall-clock-table.ts";
import { WallCursor } from "./wall-cursor.ts";

/** Media seconds before the end of the window, at normal speed, at which it is made longer. */
const EXTEND_AT_SECONDS = 120;
/** Nearer than this to the end of the table counts as its end. */
const END_SECONDS = 0.3;
/** A picture that stands still for want of media this near to the end has reached it: browsers stop a little before. */
const STARVING_END_SECONDS = 2;
const BEGIN_TOLERANCE_SECONDS = 2;
/** A frame at the highest rates; less is the rounding of places in the player. */
const BEGIN_ROUNDING_SECONDS = 0.015;
const ROUNDING_SECONDS = 0.002;
const RETRY_MS = 3000;
/** A second loss of the same kind within this is not bad luck. */
const RELOAD_ONCE_PER_MS = 10_000;

/**
 * Shows one camera's footage by wall time: over segments, gaps and windows, and on as new footage arrives. It owns the video element's
 * source. When it plays, how fast and how loud is its owner's affair, who calls `tick` for every frame of the page, and `close()` at the end.
 */
export class WallPlayer {
  readonly cameraId: number;
  readonly store = new Store<PlayerState>(INITIAL_STATE);
  readonly pace: VideoPace;
  readonly #video: HTMLVideoElement;
  readonly #frames: FrameMeter;
  readonly #seeker: VideoSeeker;
  readonly #ended = new AbortController();
  #index = new FrameIndex();
  #speed: Speed = 1;
  #mustConvert = false;
  #droppedShare: number | null = null;
  #opening: AbortController | undefined;
  #window: FootageWindow | undefined;
  #stream: HlsStream | undefined;
  #table: WallClockTable = [];
  /** The wall time to begin at, until the playlist is placed. */
  #beginMs: number | null = null;
  /** The position the stream was begun at, until its first picture is there. */
  #begunSeconds: number | null = null;
  /** Frames still to be stepped. */
  #steps = 0;
  #nextWindowMs: number | null = null;
  #extending = false;
  #lookingOn = false;
  readonly #cursor = new WallCursor();
  #reloadedAtMs = Number.NEGATIVE_INFINITY;
  #retry: number | undefined;

  constructor(video: HTMLVideoElement, cameraId: number, events: PlayerEvents) {
    this.cameraId = cameraId;
    this.#video = video;
    this.#frames = new FrameMeter(video);
    this.#seeker = new VideoSeeker(video, this.#frames);
    this.pace = new VideoPace(video, events.onRefused);
    const on = (type: keyof HTMLMediaElementEventMap, listener: () => void) =>
      video.addEventListener(type, listener, { signal: this.#ended.signal });
    on("seeking", () => this.store.change({ stalled: true }));
    on("waiting", () => this.store.change({ stalled: true }));
    for (const type of ["seeked", "playing", "canplay"] as const) on(type, () => this.#pictureIsThere());
    on("pause", () => {
      const { playing, held } = this.pace.wanted;
      if (this.store.value.phase === "ready" && playing && !held && !video.seeking && !video.ended) events.onPaused();
    });
  }

  /** Wall time of the picture; of the one that is being loaded until it is there; null when there is none. */
  get wallMs(): number | null {
    return this.store.value.targetMs ?? this.#cursor.wallMs;
  }

  /** Wall time in the middle of the frame that is shown; null when there is none. */
  get frameMs(): number | null {
    const { shownSeconds, frameSeconds } = this.#frames;
    const middle = shownSeconds === null ? this.#video.currentTime : shownSeconds + frameSeconds / 2;
    return this.isReady ? mediaToWall(this.#table, middle) : null;
  }

  /** There is a picture, and no other is being loaded. */
  get isReady(): boolean {
    const { phase, stalled, targetMs } = this.store.value;
    return phase === "at-newest" || (phase === "ready" && !stalled && targetMs === null);
  }

  /** Shows the camera's footage at a wall time; in a gap the next footage. */
  open(ms: number): void {
    this.#steps = 0;
    this.#opening?.abort();
    this.store.change({ notice: null });
    if (!this.#seekWithinWindow(ms)) void this.#load(ms);
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.#droppedShare = null;
    this.#frames.forgetDrops();
    this.pace.set({ speed });
    this.#stream?.prepareFor(this.pace.rate);
    this.#applyForm();
  }

  /** Shows the next or previous frame; called again before it is there, one more. Playing must have been ended. */
  step(direction: 1 | -1): void {
    this.#steps += direction;
    if (this.#stream !== undefined && this.store.value.targetMs === null && !this.#video.seeking) this.#takeSteps();
  }

  /** The wall time some seconds of footage away, where gaps do not count; where there is no such footage, of that time of day. */
  timeAway(seconds: number): number | null {
    const fromMs = this.wallMs;
    return fromMs === null ? null : footageAway(this.#table, fromMs, seconds, END_SECONDS / 2);
  }

  setAbsent(absent: boolean): void {
    this.store.change({ absent });
  }

  /** A live event says that the camera has footage until `endMs`. */
  noticeFootage(endMs: number): void {
    const knownMs = wallEnd(this.#table);
    if (knownMs !== null && endMs > knownMs) this.#window?.source.noticeNewFootage();
  }

  /** The server answers again. */
  noticeReconnected(): void {
    if (this.store.value.phase === "disconnected") this.#goOn();
  }

  /** To be called for every frame of the page. */
  tick(): void {
    if (this.#stream === undefined || this.#table.length === 0) return;
    const mediaSeconds = this.#video.currentTime;
    const [remaining, { rate }] = [mediaEnd(this.#table) - mediaSeconds, this.pace];
    // A picture that is waited for may come only with what is filmed next.
    this.#window?.source.noticeRemaining(remaining / rate);
    if (this.#seeker.isAwaitingMedia) this.#pictureIsThere();
    if (this.store.value.targetMs !== null) return;
    this.#cursor.goOn(this.#table, mediaSeconds);
    if (remaining < EXTEND_AT_SECONDS * Math.max(1, rate)) void this.#extend();
    const { playing, held } = this.pace.wanted;
    if (!playing || held) return;
    const starves = this.#video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (remaining < (starves ? STARVING_END_SECONDS : END_SECONDS)) this.#atEnd();
    const dropped = this.#frames.droppedShare();
    if (dropped !== null) this.#droppedShare = Math.max(dropped, this.#droppedShare ?? 0);
    this.#applyForm();
  }

  /** Whether it has played on over a gap since this was last asked. */
  takeCrossing(): boolean {
    return this.#cursor.takeCrossing();
  }

  close(): void {
    this.#ended.abort();
    this.#opening?.abort();
    window.clearTimeout(this.#retry);
    this.#frames.close();
    this.#stream?.destroy();
  }

  #wantedForm(): PlaylistForm {
    const facts = { droppedShare: this.#droppedShare, mustConvert: this.#mustConvert };
    return formFor(this.#speed, { ...facts, frameSeconds: this.#frames.frameSeconds });
  }

  #applyForm(): void {
    const ms = this.wallMs;
    const opened = this.#window?.source.form;
    if (ms === null || opened === undefined || isSameForm(opened, this.#wantedForm())) return;
    void this.#load(ms);
  }

  async #load(ms: number, form = this.#wantedForm()): Promise<void> {
    const { signal } = this.#opensAnew();
    window.clearTimeout(this.#retry);
    this.#seeker.forget();
    this.store.change({ phase: "loading", targetMs: ms, error: null });
    try {
      const opened = await openWindow(this.cameraId, ms, form, signal);
      if (!signal.aborted) this.#begin(opened);
    } catch (error) {
      if (signal.aborted || !(error instanceof Error)) return;
      this.store.change({ phase: "failed", error });
    }
  }

  /** What was to be opened before no longer is. */
  #opensAnew(): AbortController {
    this.#opening?.abort();
    this.#opening = new AbortController();
    return this.#opening;
  }

  #begin(opened: FootageWindow | null): void {
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#table = [];
    this.#nextWindowMs = null;
    this.#frames.forgetShown();
    this.#index = new FrameIndex();
    this.#window = opened ?? undefined;
    if (opened === null) {
      this.#cursor.leave();
      this.store.change({ phase: "empty", targetMs: null, notice: null });
      return;
    }
    this.#beginMs = opened.atMs;
    this.#begunSeconds = null;
    const { form } = opened.source;
    this.store.change({ notice: opened.notice, targetMs: opened.atMs, form });
    this.pace.set({ footagePace: form.pace });
    const index = this.#index;
    this.#stream = new HlsStream(this.#video, opened.source, {
      onTable: (table) => this.#place(table),
      onFailure: (failure) => this.#fail(failure),
      onEntry: (number, entry) => index.add(number, entry),
    });
    this.#stream.prepareFor(this.pace.rate);
    this.pace.apply();
  }

  #place(table: WallClockTable): void {
    this.#table = table;
    if (this.#beginMs !== null) {
      const placement = wallToMedia(table, this.#beginMs);
      this.#beginMs = null;
      const mediaSeconds = placement.kind === "after" ? Math.max(0, mediaEnd(table) - 2) : placement.mediaSeconds;
      this.#begunSeconds = mediaSeconds;
      this.#stream?.start(mediaSeconds);
      this.pace.apply();
    } else if (this.#begunSeconds !== null) this.#beginAgain(this.#begunSeconds);
    const hasMore = mediaEnd(table) - this.#video.currentTime > STARVING_END_SECONDS;
    if (this.store.value.phase === "at-newest" && hasMore) this.store.change({ phase: "ready" });
  }

  /** Where the first picture is turns out when it is loaded: sound may come before it. */
  #beginAgain(begunSeconds: number): void {
    const placement = wallToMedia(this.#table, this.store.value.targetMs ?? 0);
    if (placement.kind === "after" || placement.mediaSeconds <= begunSeconds + BEGIN_ROUNDING_SECONDS) return;
    this.#begunSeconds = placement.mediaSeconds;
    this.#video.currentTime = placement.mediaSeconds;
  }

  #seekWithinWindow(ms: number): boolean {
    const source = this.#window?.source;
    if (this.#stream === undefined || source === undefined || this.#beginMs !== null) return false;
    if (ms < source.startMs || ms >= source.endMs || !isSameForm(source.form, this.#wantedForm())) return false;
    const { phase } = this.store.value;
    if (phase !== "ready" && phase !== "at-newest") return false;
    const placement = wallToMedia(this.#table, ms);
    if (placement.kind === "after") return false;
    const toMs = placement.kind === "gap" ? placement.wallMs : ms;
    if (placement.kind === "gap") this.store.change({ notice: { kind: "gap-skipped", fromMs: ms, toMs } });
    this.#seek(placement.mediaSeconds, toMs);
    return true;
  }

  #seek(mediaSeconds: number, wallMs = mediaToWall(this.#table, mediaSeconds) ?? 0): void {
    this.store.change({ targetMs: wallMs, phase: "ready" });
    this.#seeker.to(mediaSeconds);
  }

  #pictureIsThere(): void {
    if (this.#stream === undefined || this.#beginMs !== null || !this.#seeker.hasArrived(this.#table)) return;
    const begunSeconds = this.#begunSeconds;
    this.#begunSeconds = null;
    // hls.js forgets where it was to begin when its first request fails, and takes the newest footage instead.
    if (begunSeconds !== null && Math.abs(this.#video.currentTime - begunSeconds) > BEGIN_TOLERANCE_SECONDS) {
      this.#seek(begunSeconds);
      return;
    }
    const { phase } = this.store.value;
    const goesOn = phase === "loading" || phase === "disconnected";
    this.#cursor.jump(this.#table, this.#video.currentTime);
    this.store.change({ stalled: false, targetMs: null, ...(goesOn ? { phase: "ready" as const } : {}) });
    if (this.#steps === 0) this.pace.apply();
    else this.#takeSteps();
  }

  /** Seeks into the middle of the frame so many frames away. Of key frames alone there is no next frame: all are loaded first. */
  #takeSteps(): void {
    const form = this.#mustConvert ? this.#wantedForm() : FULL_FORM;
    const opened = this.#window?.source;
    if (opened === undefined) return;
    const { frameSeconds, shownSeconds } = this.#frames;
    if (!isSameForm(opened.form, form)) {
      const shownMs = shownSeconds === null ? this.wallMs : mediaToWall(this.#table, shownSeconds + ROUNDING_SECONDS);
      if (shownMs !== null) void this.#load(shownMs, form);
      return;
    }
    const steps = this.#steps;
    this.#steps = 0;
    const to = this.#index.stepFrom({ shownSeconds, mediaSeconds: this.#video.currentTime }, steps, frameSeconds);
    const leftSeconds = mediaEnd(this.#table) - to;
    const withheld = withheldSeconds(opened, wallEnd(this.#table));
    if (withheld === null) this.#seek(Math.max(0, to + Math.min(0, leftSeconds - frameSeconds / 4)));
    else if (leftSeconds < ROUNDING_SECONDS) void this.#stepBeyondEnd(form);
    else if (leftSeconds < withheld && steps > 0) void this.#load(mediaToWall(this.#table, to) ?? 0, form);
    else this.#seek(Math.max(0, to));
  }

  /** The next frame has only just been filmed, or will be: it is waited for. Where nothing more is filmed the last one stays. */
  async #stepBeyondEnd(form: PlaylistForm): Promise<void> {
    const endMs = wallEnd(this.#table) ?? 0;
    const { signal } = this.#opensAnew();
    this.store.change({ targetMs: endMs, stalled: true });
    const goesOn = await untilFrameBehind(this.cameraId, endMs, signal);
    if (signal.aborted) return;
    if (goesOn) return this.#load(endMs + ROUNDING_SECONDS * 1000, form);
    this.#steps = Math.min(0, this.#steps);
    this.#pictureIsThere();
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
    if (this.#nextWindowMs !== null) this.#goOnAt(this.#nextWindowMs);
    else if (this.store.value.phase === "ready") void this.#lookOn();
  }

  #goOnAt(ms: number): void {
    this.#nextWindowMs = null;
    this.#cursor.cross();
    void this.#load(ms);
  }

  /** The playlist is played to its end. There may be footage that it has not got yet, since its entries must be whole. */
  async #lookOn(): Promise<void> {
    const source = this.#window?.source;
    const endMs = wallEnd(this.#table);
    if (source === undefined || endMs === null || this.#lookingOn) return;
    this.#lookingOn = true;
    const nextMs = await footageBehindMs(this.cameraId, endMs).catch(() => null);
    this.#lookingOn = false;
    const isStill = source === this.#window?.source && wallEnd(this.#table) === endMs;
    if (!isStill || this.store.value.phase !== "ready" || this.store.value.targetMs !== null) return;
    if (nextMs === null) this.store.change({ phase: "at-newest", stalled: false });
    else this.#goOnAt(nextMs > endMs ? nextMs : (this.#cursor.wallMs ?? nextMs));
  }

  #fail(failure: StreamFailure): void {
    if (failure === "codec") {
      this.#stream?.destroy();
      this.#stream = undefined;
      const ms = this.wallMs;
      const converted = this.#mustConvert;
      this.#mustConvert = true;
      if (ms !== null && !converted) void this.#load(ms);
      else this.store.change({ phase: "codec", targetMs: null, stalled: false });
      return;
    }
    if (failure === "network") {
      this.store.change({ phase: "disconnected", targetMs: this.wallMs });
      window.clearTimeout(this.#retry);
      this.#retry = window.setTimeout(() => this.#goOn(), RETRY_MS);
      return;
    }
    // The file was closed under another name, or deleted, or holds something odd: the playlist is read anew from where we are.
    const now = performance.now();
    if (now - this.#reloadedAtMs < RELOAD_ONCE_PER_MS) {
      this.store.change({ phase: "failed" });
      return;
    }
    this.#reloadedAtMs = now;
    if (this.wallMs !== null) void this.#load(this.wallMs);
  }

  #goOn(): void {
    window.clearTimeout(this.#retry);
    if (this.#stream === undefined) return;
    this.#stream.retry(this.#video.currentTime);
    this.store.change({ targetMs: null, phase: "ready", stalled: true });
  }
}
