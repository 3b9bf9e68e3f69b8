import { nowMs } from "../time/now.ts";
import { bandAt, timelineHeight } from "./bands.ts";
import { type Drawing, drawTimeline } from "./draw.ts";
import { NO_FOOTAGE, type Under, under } from "./footage.ts";
import { centreOf, panBy, spanMs, timeToX, type View, viewAround, xToTime, zoomAt } from "./geometry.ts";
import { chooseStep, labelledTicks, minorTicks, type Tick, type TickStep } from "./ticks.ts";

/** How near, in pixels, a click or pointer counts as on a recording. */
const NEAR_PX = 3;
const MIN_LABEL_PX = 84;
const GLIDE_MS = 220;

/** What the timeline shows beside its own view: given from outside whenever it changes. */
export type TimelineContent = Pick<Drawing, "rows" | "marked" | "labelOf" | "scheme"> & { readonly zone: string };

export interface Hover {
  readonly x: number;
  readonly ms: number;
  /** Which of the bands. */
  readonly row: number;
  readonly under: Under;
}

export interface TimelineEvents {
  /** The visible span or its place has changed, or whether the view follows the playhead. */
  readonly onView: (view: View, following: boolean) => void;
  readonly onHover: (hover: Hover | null) => void;
}

/**
 * The canvas and what it shows: keeps the playhead in the middle while it follows, lets the band be pulled away, draws when something
 * changed. Knows nothing of pointers or keys.
 */
export class TimelineView {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #events: TimelineEvents;
  readonly #resize: ResizeObserver;
  #content: TimelineContent = {
    rows: [],
    marked: { inMs: null, outMs: null },
    labelOf: () => "",
    scheme: "dark",
    zone: "UTC",
  };
  #view: View;
  #playheadMs: number | null = null;
  #following = true;
  #hoverAt: { x: number; y: number } | null = null;
  #glide: { fromMs: number; startedAt: number } | null = null;
  #frame: number | null = null;
  #ticks: { from: number; to: number; step: TickStep; zone: string; major: Tick[]; minor: number[] } | null = null;

  /** Throws when the browser has no 2D canvas. */
  constructor(canvas: HTMLCanvasElement, span: number, events: TimelineEvents) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser cannot draw on a canvas");
    this.canvas = canvas;
    this.#context = context;
    this.#events = events;
    this.#view = viewAround(nowMs(), span, Math.max(1, canvas.clientWidth));
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(canvas);
    this.#fit();
  }

  get view(): View {
    return this.#view;
  }

  get playheadX(): number | null {
    return this.#playheadMs === null ? null : timeToX(this.#view, this.#playheadMs);
  }

  setContent(content: TimelineContent): void {
    const grown = content.rows.length !== this.#content.rows.length;
    this.#content = content;
    this.#tellHover();
    if (grown) this.#fit();
    else this.#redraw();
  }

  setPlayhead(ms: number | null): void {
    if (ms === null || ms === this.#playheadMs) return;
    const before = this.#playheadMs;
    this.#playheadMs = ms;
    if (!this.#following) {
      this.#redraw();
      return;
    }
    const jump = before === null ? 0 : Math.abs(ms - before) / spanMs(this.#view);
    // A jump within sight glides; a farther one would only blur.
    if (before !== null && jump > 0.01 && jump < 1 && this.#mayGlide()) {
      this.#glide = { fromMs: centreOf(this.#view) - ms, startedAt: performance.now() };
    } else if (jump >= 1) this.#glide = null;
    this.#centre();
  }

  /** Puts the playhead in the middle again and keeps it there. */
  follow(): void {
    this.#following = true;
    if (this.#playheadMs !== null && this.#mayGlide()) {
      this.#glide = { fromMs: centreOf(this.#view) - this.#playheadMs, startedAt: performance.now() };
    }
    this.#centre();
  }

  /** Zooms by a factor on the span; around the playhead while following, else around `x`. */
  zoom(factor: number, x = this.#view.widthPx / 2): void {
    this.#glide = null;
    if (this.#following && this.#playheadMs !== null) {
      this.#show(viewAround(this.#playheadMs, spanMs(this.#view) * factor, this.#view.widthPx));
    } else this.#show(zoomAt(this.#view, x, factor));
  }

  /** Pulls the band; it no longer follows. */
  pan(dx: number): void {
    this.#following = false;
    this.#glide = null;
    this.#show(panBy(this.#view, dx));
  }

  /** Lets the band rest while the playhead is dragged over it. */
  freeze(): void {
    this.#following = false;
    this.#glide = null;
  }

  hover(at: { x: number; y: number } | null): void {
    this.#hoverAt = at;
    this.#tellHover();
    this.#redraw();
  }

  timeAt(x: number): number {
    return xToTime(this.#view, x);
  }

  /** What lies under a place of the canvas. */
  underAt({ x, y }: { x: number; y: number }): Hover {
    const tolerance = (NEAR_PX / this.#view.widthPx) * spanMs(this.#view);
    const { rows } = this.#content;
    const row = bandAt(rows.length, y);
    const ms = this.timeAt(x);
    return { x, ms, row, under: under(rows[row]?.footage ?? NO_FOOTAGE, ms, tolerance, nowMs()) };
  }

  /** Whether a band is known to have footage later than a time. */
  hasFootageAfter(row: number, ms: number): boolean {
    return (this.#content.rows[row]?.footage.recordings.at(-1)?.endMs ?? Number.NEGATIVE_INFINITY) > ms;
  }

  close(): void {
    this.#resize.disconnect();
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
  }

  #mayGlide(): boolean {
    return !matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  #centre(): void {
    if (this.#playheadMs === null) {
      this.#redraw();
      return;
    }
    let offsetMs = 0;
    if (this.#glide !== null) {
      const done = Math.min(1, (performance.now() - this.#glide.startedAt) / GLIDE_MS);
      offsetMs = this.#glide.fromMs * (1 - done) ** 3;
      if (done === 1) this.#glide = null;
    }
    this.#show(viewAround(this.#playheadMs + offsetMs, spanMs(this.#view), this.#view.widthPx));
  }

  #show(view: View): void {
    this.#view = view;
    this.#events.onView(view, this.#following);
    if (this.#hoverAt !== null) this.#tellHover();
    this.#redraw();
  }

  #tellHover(): void {
    this.#events.onHover(this.#hoverAt === null ? null : this.underAt(this.#hoverAt));
  }

  #fit(): void {
    const widthPx = Math.max(1, this.canvas.clientWidth);
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.round(widthPx * ratio);
    this.canvas.height = Math.round(timelineHeight(this.#content.rows.length) * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#ticks = null;
    this.#view = viewAround(centreOf(this.#view), spanMs(this.#view), widthPx);
    this.#events.onView(this.#view, this.#following);
    this.#draw();
  }

  #redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      if (this.#glide !== null) this.#centre();
      this.#draw();
    });
  }

  #draw(): void {
    const { startMs, endMs } = this.#view;
    this.canvas.dataset.startMs = String(Math.round(startMs));
    this.canvas.dataset.endMs = String(Math.round(endMs));
    const { major, minor } = this.#ticksOfView();
    drawTimeline(this.#context, {
      ...this.#content,
      view: this.#view,
      ticks: major,
      minorTicks: minor,
      playheadMs: this.#playheadMs,
      hoverMs: this.#hoverAt === null ? null : this.timeAt(this.#hoverAt.x),
      nowMs: nowMs(),
    });
  }

  /** Calendar arithmetic is too slow for every frame: ticks are kept for three times the visible span. */
  #ticksOfView(): { major: Tick[]; minor: number[] } {
    const { startMs, endMs } = this.#view;
    const { zone } = this.#content;
    const step = chooseStep(this.#view, MIN_LABEL_PX);
    const known = this.#ticks;
    if (known !== null && known.step === step && known.zone === zone && known.from <= startMs && known.to >= endMs) {
      return known;
    }
    const from = startMs - spanMs(this.#view);
    const to = endMs + spanMs(this.#view);
    const [major, minor] = [labelledTicks(from, to, step, zone), minorTicks(from, to, step, zone)];
    this.#ticks = { from, to, step, zone, major, minor };
    return { major, minor };
  }
}
