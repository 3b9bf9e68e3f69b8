/** The visible part of the timeline: which wall time the canvas's left and right edges show. */
export interface View {
  readonly startMs: number;
  readonly endMs: number;
  readonly widthPx: number;
}

export const MIN_SPAN_MS = 10_000;
export const MAX_SPAN_MS = 31 * 86_400_000;

/** One step of the keys and buttons that zoom. */
export const ZOOM_STEP = 1.6;

export function spanMs(view: View): number {
  return view.endMs - view.startMs;
}

/** Pixels from the left edge. */
export function timeToX(view: View, ms: number): number {
  return ((ms - view.startMs) / spanMs(view)) * view.widthPx;
}

export function xToTime(view: View, x: number): number {
  return view.startMs + (x / view.widthPx) * spanMs(view);
}

export function clampSpan(span: number): number {
  return Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, span));
}

/** A view of `span` milliseconds with `centreMs` in its middle. */
export function viewAround(centreMs: number, span: number, widthPx: number): View {
  const half = clampSpan(span) / 2;
  return { startMs: centreMs - half, endMs: centreMs + half, widthPx };
}

/** The view with `factor` times its span (over 1 = wider), what is under `x` staying under `x`. */
export function zoomAt(view: View, x: number, factor: number): View {
  const fixedMs = xToTime(view, x);
  const span = clampSpan(spanMs(view) * factor);
  const startMs = fixedMs - (x / view.widthPx) * span;
  return { startMs, endMs: startMs + span, widthPx: view.widthPx };
}

/** The view after the band was pulled `dx` pixels to the right. */
export function panBy(view: View, dx: number): View {
  const shift = (dx / view.widthPx) * spanMs(view);
  return { startMs: view.startMs - shift, endMs: view.endMs - shift, widthPx: view.widthPx };
}

export function centreOf(view: View): number {
  return (view.startMs + view.endMs) / 2;
}
