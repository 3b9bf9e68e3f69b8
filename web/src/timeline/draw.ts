import { IDLE_COLOURS, type Scheme, STATE_COLOURS } from "../theme/state-colours.ts";
import type { Footage } from "./footage.ts";
import { timeToX, type View } from "./geometry.ts";
import type { Tick } from "./ticks.ts";

const RULER_PX = 26;
const BAND_PX = 44;
const IDLE_PX = 6;
export const TIMELINE_PX = RULER_PX + BAND_PX + 12;

/** Everything one drawing needs; nothing is asked for while drawing. */
export interface Drawing {
  readonly view: View;
  readonly footage: Footage;
  readonly ticks: readonly Tick[];
  readonly minorTicks: readonly number[];
  readonly labelOf: (tick: Tick) => string;
  readonly playheadMs: number | null;
  readonly hoverMs: number | null;
  readonly nowMs: number;
  readonly scheme: Scheme;
}

interface Ink {
  readonly ground: string;
  readonly future: string;
  readonly ruler: string;
  readonly text: string;
  readonly strong: string;
  readonly line: string;
  readonly playhead: string;
}

const INK: Record<Scheme, Ink> = {
  dark: {
    ground: "#1a1f27",
    future: "#12161c",
    ruler: "#12161c",
    text: "#97a0ae",
    strong: "#d9dde5",
    line: "#2c333e",
    playhead: "#ffffff",
  },
  light: {
    ground: "#e3e7ed",
    future: "#f6f7f9",
    ruler: "#f6f7f9",
    text: "#5a6472",
    strong: "#1b2028",
    line: "#cdd3dc",
    playhead: "#0b0d11",
  },
};

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/** Draws the timeline into a context whose unit is the CSS pixel. */
export function drawTimeline(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const ink = INK[drawing.scheme];
  const { widthPx } = drawing.view;
  context.clearRect(0, 0, widthPx, TIMELINE_PX);
  drawGround(context, drawing, ink);
  drawGaps(context, drawing);
  drawRecordings(context, drawing);
  drawRuler(context, drawing, ink);
  if (drawing.hoverMs !== null) {
    context.fillStyle = ink.text;
    context.fillRect(Math.round(timeToX(drawing.view, drawing.hoverMs)), RULER_PX, 1, BAND_PX);
  }
  if (drawing.playheadMs !== null)
    drawPlayhead(context, timeToX(drawing.view, drawing.playheadMs), ink, drawing.scheme);
}

function drawGround(context: CanvasRenderingContext2D, { view, nowMs }: Drawing, ink: Ink): void {
  const nowX = Math.min(view.widthPx, Math.max(0, timeToX(view, nowMs)));
  context.fillStyle = ink.ground;
  context.fillRect(0, RULER_PX, nowX, BAND_PX);
  context.fillStyle = ink.future;
  context.fillRect(nowX, RULER_PX, view.widthPx - nowX, BAND_PX);
  context.fillStyle = ink.line;
  context.fillRect(0, RULER_PX, view.widthPx, 1);
  context.fillRect(0, RULER_PX + BAND_PX - 1, view.widthPx, 1);
  if (nowX > 0 && nowX < view.widthPx) context.fillRect(Math.round(nowX), RULER_PX, 1, BAND_PX);
}

/** Continuous footage fills the lower half, what was recorded for a reason the whole band: shape tells them apart as well as colour. */
function drawRecordings(context: CanvasRenderingContext2D, { view, footage, scheme }: Drawing): void {
  for (const span of footage.recordings) {
    const clipped = clip(view, span.startMs, span.endMs);
    if (clipped === null) continue;
    const tall = span.kind !== "continuous";
    const height = tall ? BAND_PX - 12 : (BAND_PX - 4) / 2;
    context.fillStyle = STATE_COLOURS[scheme][span.kind];
    context.fillRect(clipped.x, RULER_PX + BAND_PX - 3 - height, clipped.width, height);
  }
}

/** A gap that should not be is hatched in red; where none was wanted a thin grey line says that this is accounted for. */
function drawGaps(context: CanvasRenderingContext2D, { view, footage, scheme }: Drawing): void {
  for (const gap of footage.gaps) {
    const clipped = clip(view, gap.startMs, gap.endMs);
    if (clipped === null) continue;
    if (gap.wanted) {
      const top = RULER_PX + BAND_PX - 3 - (BAND_PX - 4) / 2;
      hatch(context, clipped.x, top, clipped.width, (BAND_PX - 4) / 2, STATE_COLOURS[scheme].gap);
    } else {
      context.fillStyle = IDLE_COLOURS[scheme];
      context.fillRect(clipped.x, RULER_PX + BAND_PX - 3 - IDLE_PX, clipped.width, IDLE_PX);
    }
  }
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, colour: string) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.globalAlpha = 0.16;
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 0.9;
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.beginPath();
  for (let at = Math.floor((x - height) / 7) * 7; at < x + width; at += 7) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}

function drawRuler(context: CanvasRenderingContext2D, drawing: Drawing, ink: Ink): void {
  const { view } = drawing;
  context.fillStyle = ink.line;
  for (const ms of drawing.minorTicks) context.fillRect(Math.round(timeToX(view, ms)), RULER_PX - 4, 1, 4);
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const tick of drawing.ticks) {
    const x = Math.round(timeToX(view, tick.ms));
    context.fillStyle = ink.line;
    context.fillRect(x, RULER_PX - 7, 1, 7);
    context.fillStyle = tick.label === "day" || tick.label === "month" ? ink.strong : ink.text;
    context.fillText(drawing.labelOf(tick), x, 10);
  }
}

function drawPlayhead(context: CanvasRenderingContext2D, at: number, ink: Ink, scheme: Scheme): void {
  const x = Math.round(at);
  context.fillStyle = scheme === "dark" ? "rgba(0, 0, 0, 0.55)" : "rgba(255, 255, 255, 0.7)";
  context.fillRect(x - 2, RULER_PX - 4, 5, BAND_PX + 10);
  context.fillStyle = ink.playhead;
  context.fillRect(x - 0.5, RULER_PX - 4, 2, BAND_PX + 10);
  context.beginPath();
  context.moveTo(x - 6, RULER_PX - 9);
  context.lineTo(x + 7, RULER_PX - 9);
  context.lineTo(x + 0.5, RULER_PX - 1);
  context.closePath();
  context.fill();
}

/** The visible part of a span, at least a pixel wide; null when none of it is visible. */
function clip(view: View, startMs: number, endMs: number): { x: number; width: number } | null {
  if (endMs < view.startMs || startMs > view.endMs) return null;
  const x = Math.max(-2, timeToX(view, startMs));
  const right = Math.min(view.widthPx + 2, timeToX(view, endMs));
  return { x, width: Math.max(1, right - x) };
}
