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

/**
 * The visible parts of spans that are in order, by what they are; those that fall on the same pixels as one, so that a month with a hundred
 * thousand of them is no more work for the canvas than a minute. Each is at least a pixel wide.
 */
export function mergePixels<S extends TimeSpan, K>(
  { startMs, endMs, widthPx }: View,
  spans: readonly S[],
  keyOf: (span: S) => K,
): Map<K, PixelSpan[]> {
  const perMs = widthPx / (endMs - startMs);
  const merged = new Map<K, { x: number; width: number }[]>();
  for (let i = firstVisible(spans, startMs, (span) => span.endMs); i < spans.length; i++) {
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
