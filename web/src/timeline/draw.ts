import { IDLE_COLOURS, type Scheme, STATE_COLOURS } from "../theme/state-colours.ts";
import { type Band, bandHeight, bandsOf, RULER_PX, timelineHeight } from "./bands.ts";
import type { Footage } from "./footage.ts";
import { timeToX, type View } from "./geometry.ts";
import { firstVisible, mergePixels, type PixelSpan } from "./pixel-spans.ts";
import type { Tick } from "./ticks.ts";

const IDLE_PX = 6;
/** Borders of segments are drawn where a segment is at least so wide. */
const LEAST_SEGMENT_PX = 14;

/** One camera's band. */
export interface Row {
  readonly name: string;
  readonly footage: Footage;
}

/** What a person marked; either end may be missing. */
export interface Marked {
  readonly inMs: number | null;
  readonly outMs: number | null;
}

/** Everything one drawing needs; nothing is asked for while drawing. */
export interface Drawing {
  readonly view: View;
  readonly rows: readonly Row[];
  readonly marked: Marked;
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
  readonly border: string;
  readonly playhead: string;
  readonly mark: string;
}

const INK: Record<Scheme, Ink> = {
  dark: {
    ground: "#1a1f27",
    future: "#12161c",
    ruler: "#12161c",
    text: "#97a0ae",
    strong: "#d9dde5",
    line: "#2c333e",
    border: "rgba(10, 13, 18, 0.75)",
    playhead: "#ffffff",
    mark: "#9aa5f3",
  },
  light: {
    ground: "#e3e7ed",
    future: "#f6f7f9",
    ruler: "#f6f7f9",
    text: "#5a6472",
    strong: "#1b2028",
    line: "#cdd3dc",
    border: "rgba(255, 255, 255, 0.8)",
    playhead: "#0b0d11",
    mark: "#4654c4",
  },
};

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/** Draws the timeline into a context whose unit is the CSS pixel. */
export function drawTimeline(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const ink = INK[drawing.scheme];
  const { widthPx } = drawing.view;
  const bands = bandsOf(drawing.rows.length);
  const bottom = bands.at(-1)?.bottom ?? RULER_PX;
  context.clearRect(0, 0, widthPx, timelineHeight(drawing.rows.length));
  for (const [i, row] of drawing.rows.entries()) {
    const band = bands[i];
    if (band !== undefined) drawRow(context, drawing, row, band, ink);
  }
  drawMarks(context, drawing, bottom, ink);
  drawRuler(context, drawing, ink);
  if (drawing.hoverMs !== null) {
    context.fillStyle = ink.text;
    context.fillRect(Math.round(timeToX(drawing.view, drawing.hoverMs)), RULER_PX, 1, bottom - RULER_PX);
  }
  if (drawing.playheadMs !== null)
    drawPlayhead(context, timeToX(drawing.view, drawing.playheadMs), bottom, ink, drawing.scheme);
}

function drawRow(context: CanvasRenderingContext2D, drawing: Drawing, row: Row, band: Band, ink: Ink): void {
  const { view, scheme } = drawing;
  drawGround(context, drawing, band, ink);
  drawGaps(context, view, row.footage, band, scheme);
  drawRecordings(context, view, row.footage, band, scheme);
  drawSegmentBorders(context, view, row.footage, band, ink);
  drawMotion(context, view, row.footage, band, scheme);
  drawEvents(context, view, row.footage, band, scheme);
  drawLocks(context, view, row.footage, band, scheme);
  if (drawing.rows.length > 1) drawName(context, row.name, band, ink);
}

function drawGround(context: CanvasRenderingContext2D, { view, nowMs }: Drawing, band: Band, ink: Ink): void {
  const nowX = Math.min(view.widthPx, Math.max(0, timeToX(view, nowMs)));
  const height = bandHeight(band);
  context.fillStyle = ink.ground;
  context.fillRect(0, band.top, nowX, height);
  context.fillStyle = ink.future;
  context.fillRect(nowX, band.top, view.widthPx - nowX, height);
  context.fillStyle = ink.line;
  context.fillRect(0, band.top, view.widthPx, 1);
  context.fillRect(0, band.bottom - 1, view.widthPx, 1);
  if (nowX > 0 && nowX < view.widthPx) context.fillRect(Math.round(nowX), band.top, 1, height);
}

/** Continuous footage fills the lower half, what was recorded for a reason the whole band: shape tells them apart as well as colour. */
function drawRecordings(
  context: CanvasRenderingContext2D,
  view: View,
  footage: Footage,
  band: Band,
  scheme: Scheme,
): void {
  for (const [kind, spans] of mergePixels(view, footage.recordings, ({ kind }) => kind)) {
    const height = kind === "continuous" ? lowerHalf(band) : bandHeight(band) - 12;
    context.fillStyle = STATE_COLOURS[scheme][kind];
    fillSpans(context, spans, band.bottom - 3 - height, height);
  }
}

/** A gap that should not be is hatched in red; where none was wanted a thin grey line says that this is accounted for. */
function drawGaps(context: CanvasRenderingContext2D, view: View, footage: Footage, band: Band, scheme: Scheme): void {
  for (const [wanted, spans] of mergePixels(view, footage.gaps, (gap) => gap.wanted)) {
    const height = wanted ? lowerHalf(band) : IDLE_PX;
    const top = band.bottom - 3 - height;
    if (wanted) {
      context.globalAlpha = 0.16;
      context.fillStyle = STATE_COLOURS[scheme].gap;
      fillSpans(context, spans, top, height);
      context.globalAlpha = 1;
    }
    context.fillStyle = wanted ? hatching(context, STATE_COLOURS[scheme].gap) : IDLE_COLOURS[scheme];
    fillSpans(context, spans, top, height);
  }
}

const hatchings = new WeakMap<CanvasRenderingContext2D, Map<string, CanvasPattern | string>>();

/** One pattern for all gaps: drawing the lines of each would take most of a frame. */
function hatching(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const known = hatchings.get(context) ?? new Map<string, CanvasPattern | string>();
  hatchings.set(context, known);
  const made = known.get(colour) ?? makeHatching(context, colour) ?? colour;
  known.set(colour, made);
  return made;
}

function makeHatching(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const size = 8;
  const sharp = 2;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size * sharp;
  const ink = tile.getContext("2d");
  if (ink === null) return null;
  ink.scale(sharp, sharp);
  ink.strokeStyle = colour;
  ink.lineWidth = 1.3;
  ink.beginPath();
  for (const shift of [-size, 0, size]) {
    ink.moveTo(shift, size);
    ink.lineTo(shift + size, 0);
  }
  ink.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / sharp));
  return pattern;
}

function drawSegmentBorders(
  context: CanvasRenderingContext2D,
  view: View,
  footage: Footage,
  band: Band,
  ink: Ink,
): void {
  const { segmentStarts } = footage;
  const visible: number[] = [];
  for (let i = firstVisible(segmentStarts, view.startMs, (ms) => ms); i < segmentStarts.length; i++) {
    const ms = segmentStarts[i] ?? 0;
    if (ms > view.endMs) break;
    visible.push(timeToX(view, ms));
  }
  const mean = visible.length < 2 ? view.widthPx : ((visible.at(-1) ?? 0) - (visible[0] ?? 0)) / (visible.length - 1);
  if (mean < LEAST_SEGMENT_PX) return;
  const height = lowerHalf(band);
  context.fillStyle = ink.border;
  for (const x of visible) context.fillRect(Math.round(x), band.bottom - 3 - height, 1.5, height);
}

/** How much moved, as a skyline above the recordings. */
function drawMotion(context: CanvasRenderingContext2D, view: View, footage: Footage, band: Band, scheme: Scheme) {
  const { motion } = footage;
  if (motion.length === 0) return;
  const room = bandHeight(band) - lowerHalf(band) - 8;
  const peaks = new Map<number, number>();
  for (let i = firstVisible(motion, view.startMs, ({ startMs }) => startMs); i < motion.length; i++) {
    const one = motion[i];
    if (one === undefined || one.startMs > view.endMs) break;
    const x = Math.floor(timeToX(view, one.startMs));
    peaks.set(x, Math.max(peaks.get(x) ?? 0, one.score));
  }
  const stepPx =
    motion.length > 1
      ? ((motion[1]?.startMs ?? 0) - (motion[0]?.startMs ?? 0)) * (view.widthPx / (view.endMs - view.startMs))
      : 1;
  const width = Math.max(1, Math.min(stepPx, 24));
  context.fillStyle = STATE_COLOURS[scheme].motion;
  context.globalAlpha = 0.8;
  context.beginPath();
  for (const [x, score] of peaks) {
    const height = Math.max(1, Math.min(1, score) * room);
    context.rect(x, band.bottom - 5 - lowerHalf(band) - height, width, height);
  }
  context.fill();
  context.globalAlpha = 1;
}

/** An event is a small diamond at its beginning, with a line as long as it lasted. */
function drawEvents(context: CanvasRenderingContext2D, view: View, footage: Footage, band: Band, scheme: Scheme): void {
  context.fillStyle = STATE_COLOURS[scheme].motion;
  const y = band.top + 7;
  for (const { startMs, endMs } of footage.events) {
    if (endMs < view.startMs || startMs > view.endMs) continue;
    const x = timeToX(view, startMs);
    context.fillRect(x, y - 0.5, Math.max(0, timeToX(view, endMs) - x), 1);
    context.beginPath();
    context.moveTo(x, y - 4);
    context.lineTo(x + 4, y);
    context.lineTo(x, y + 4);
    context.lineTo(x - 4, y);
    context.fill();
  }
}

/** What is kept: a line over the block, and a padlock where there is room for it. */
function drawLocks(context: CanvasRenderingContext2D, view: View, footage: Footage, band: Band, scheme: Scheme): void {
  const y = band.bottom - 6 - lowerHalf(band);
  context.fillStyle = context.strokeStyle = STATE_COLOURS[scheme].locked;
  for (const { startMs, endMs } of footage.locks) {
    if (endMs < view.startMs || startMs > view.endMs) continue;
    const from = Math.max(0, timeToX(view, startMs));
    const to = Math.min(view.widthPx, timeToX(view, endMs));
    context.fillRect(from, y, Math.max(2, to - from), 3);
    if (to - from < 16) continue;
    context.fillRect(from + 3, y - 5, 8, 6);
    context.lineWidth = 1.4;
    context.beginPath();
    context.arc(from + 7, y - 5, 2.6, Math.PI, 0);
    context.stroke();
  }
}

function drawName(context: CanvasRenderingContext2D, name: string, band: Band, ink: Ink): void {
  context.font = FONT;
  context.textAlign = "left";
  context.textBaseline = "top";
  const width = context.measureText(name).width + 10;
  context.fillStyle = ink.ruler;
  context.globalAlpha = 0.8;
  context.fillRect(0, band.top + 1, width, 16);
  context.globalAlpha = 1;
  context.fillStyle = ink.strong;
  context.fillText(name, 5, band.top + 3);
}

/** The marked span is lit; an end without the other is a line alone. */
function drawMarks(context: CanvasRenderingContext2D, { view, marked }: Drawing, bottom: number, ink: Ink): void {
  const { inMs, outMs } = marked;
  context.fillStyle = ink.mark;
  if (inMs !== null && outMs !== null && outMs > inMs) {
    const from = Math.max(0, timeToX(view, inMs));
    const to = Math.min(view.widthPx, timeToX(view, outMs));
    context.globalAlpha = 0.22;
    if (to > from) context.fillRect(from, RULER_PX, to - from, bottom - RULER_PX);
    context.globalAlpha = 1;
  }
  for (const [ms, way] of [[inMs, 1] as const, [outMs, -1] as const]) {
    if (ms === null) continue;
    const x = Math.round(timeToX(view, ms));
    context.fillRect(x - 1, RULER_PX - 8, 2, bottom - RULER_PX + 8);
    context.fillRect(way === 1 ? x : x - 6, RULER_PX - 8, 6, 2);
    context.fillRect(way === 1 ? x : x - 6, bottom - 2, 6, 2);
  }
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

function drawPlayhead(context: CanvasRenderingContext2D, at: number, bottom: number, ink: Ink, scheme: Scheme): void {
  const x = Math.round(at);
  const height = bottom - RULER_PX + 10;
  context.fillStyle = scheme === "dark" ? "rgba(0, 0, 0, 0.55)" : "rgba(255, 255, 255, 0.7)";
  context.fillRect(x - 2, RULER_PX - 4, 5, height);
  context.fillStyle = ink.playhead;
  context.fillRect(x - 0.5, RULER_PX - 4, 2, height);
  context.beginPath();
  context.moveTo(x - 6, RULER_PX - 9);
  context.lineTo(x + 7, RULER_PX - 9);
  context.lineTo(x + 0.5, RULER_PX - 1);
  context.closePath();
  context.fill();
}

function lowerHalf(band: Band): number {
  return (bandHeight(band) - 4) / 2;
}

function fillSpans(context: CanvasRenderingContext2D, spans: readonly PixelSpan[], top: number, height: number): void {
  context.beginPath();
  for (const { x, width } of spans) context.rect(x, top, width, height);
  context.fill();
}
