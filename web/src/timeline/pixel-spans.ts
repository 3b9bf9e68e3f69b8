import type { View } from "./geometry.ts";

/** A stretch of the canvas, in CSS pixels. */
export interface PixelSpan {
  readonly x: number;
  readonly width: number;
}

interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** The place of the first, of those in order, whose time is not before `ms`. */
export function firstVisible<T>(ordered: readonly T[], ms: number, timeOf: (one: T) => number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = ordered[middle];
    if (one !== undefined && timeOf(one) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** So many for each pixel in sight are first merged to fewer. */
const MANY_PER_PX = 2;

/**
 * The visible parts of spans that are in order, by what they are; those that fall on the same pixels as one, so that a month with a hundred
 * thousand of them is no more work for the canvas than a minute. Each is at least a pixel wide. One list is always asked with the same
 * `keyOf`, and does not change.
 */
export function mergePixels<S extends TimeSpan, K>(
  view: View,
  spans: readonly S[],
  keyOf: (span: S) => K,
): Map<K, PixelSpan[]> {
  const first = firstVisible(spans, view.startMs, (span) => span.endMs);
  const end = firstVisible(spans, view.endMs, (span) => span.startMs);
  if (end - first <= MANY_PER_PX * view.widthPx) return onPixels(view, spans, first, keyOf);
  const merged = new Map<K, PixelSpan[]>();
  for (const [key, list] of mergedByKey(spans, keyOf, (view.endMs - view.startMs) / view.widthPx / 2)) {
    const visible = onPixels(
      view,
      list,
      firstVisible(list, view.startMs, ({ endMs }) => endMs),
      () => key,
    ).get(key);
    if (visible !== undefined) merged.set(key, visible);
  }
  return merged;
}

function onPixels<S extends TimeSpan, K>(
  { startMs, endMs, widthPx }: View,
  spans: readonly S[],
  first: number,
  keyOf: (span: S) => K,
): Map<K, PixelSpan[]> {
  const perMs = widthPx / (endMs - startMs);
  const merged = new Map<K, { x: number; width: number }[]>();
  for (let i = first; i < spans.length; i++) {
    const span = spans[i];
    if (span === undefined || span.startMs > endMs) break;
    const x = Math.max(-2, (span.startMs - startMs) * perMs);
    const right = Math.max(x + 1, Math.min(widthPx + 2, (span.endMs - startMs) * perMs));
    const key = keyOf(span);
    const own = merged.get(key);
    const last = own?.at(-1);
    if (own === undefined) merged.set(key, [{ x, width: right - x }]);
    else if (last !== undefined && x <= last.x + last.width) {
      last.width = Math.max(last.width, right - last.x);
    } else own.push({ x, width: right - x });
  }
  return merged;
}

type ByKey = Map<unknown, { startMs: number; endMs: number }[]>;

/** What was merged once for an octave of zoom serves every frame of pulling and zooming in it. */
const octaves = new WeakMap<readonly TimeSpan[], Map<number, ByKey>>();

/** Whole spans by what they are, those that are nearer to each other than `withinMs` (rounded down to a power of two) as one. */
function mergedByKey<S extends TimeSpan, K>(
  spans: readonly S[],
  keyOf: (span: S) => K,
  withinMs: number,
): Map<K, TimeSpan[]> {
  const octave = Math.floor(Math.log2(withinMs));
  const known = octaves.get(spans) ?? new Map<number, ByKey>();
  octaves.set(spans, known);
  const made = known.get(octave) ?? mergeWithin(spans, keyOf, 2 ** octave);
  known.set(octave, made);
  return made as Map<K, TimeSpan[]>;
}

function mergeWithin<S extends TimeSpan>(spans: readonly S[], keyOf: (span: S) => unknown, withinMs: number): ByKey {
  const merged: ByKey = new Map();
  for (const span of spans) {
    const { startMs, endMs } = span;
    const key = keyOf(span);
    const own = merged.get(key);
    const last = own?.at(-1);
    if (own === undefined) merged.set(key, [{ startMs, endMs }]);
    else if (last !== undefined && startMs - last.endMs < withinMs) last.endMs = Math.max(last.endMs, endMs);
    else own.push({ startMs, endMs });
  }
  return merged;
}
