import type { SampleTimes, TimedSample } from "../media/isobmff/sample-times.ts";

/** Instants are whole milliseconds: a picture that begins within half of one begins then. */
const HALF_MS = 0.5;

/** Which pictures of a segment an export takes. Times in seconds are those of the segment's file, edit lists applied. */
export interface UsedSamples {
  /** Video samples from the sync sample that is needed to the last one that is, in decode order. */
  readonly count: number;
  /** The first and the last that are shown, counted from the first that is taken. */
  readonly firstShown: number;
  readonly lastShown: number;
  readonly shownCount: number;
  /** When the first that is taken is decoded, as ffmpeg tells it, and how long it lasts. */
  readonly fromSeconds: number;
  readonly fromDurationSeconds: number;
  /** When the last that is taken is half over. */
  readonly untilSeconds: number;
  /** From the first picture that is shown to the end of the last. */
  readonly shownFromSeconds: number;
  readonly shownToSeconds: number;
  readonly startMs: number;
  readonly endMs: number;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The pictures of a segment that are shown in a span, with those that they need; null: none. The segment's first picture is of
 * `segmentStartMs`. Pure.
 */
export function usedSamples(video: SampleTimes, segmentStartMs: number, span: Span): UsedSamples | null {
  const found = findSamples(video, segmentStartMs, span);
  if (found === null) return null;
  const { origin, from, to, first, last, shownCount } = found;
  const { timescale } = video.track;
  const edit = editSeconds(video);
  const decoded = (sample: TimedSample): number => edit + (sample.decodeTicks - video.decodeShiftTicks) / timescale;
  const wallMs = (ticks: number): number =>
    Math.round(segmentStartMs + ((ticks - origin.shownTicks) * 1000) / timescale);
  return {
    count: to.index - from.index + 1,
    firstShown: first.index - from.index,
    lastShown: last.index - from.index,
    shownCount,
    fromSeconds: decoded(from),
    fromDurationSeconds: from.durationTicks / timescale,
    untilSeconds: decoded(to) + to.durationTicks / timescale / 2,
    shownFromSeconds: edit + first.shownTicks / timescale,
    shownToSeconds: edit + (last.shownTicks + last.durationTicks) / timescale,
    startMs: wallMs(first.shownTicks),
    endMs: wallMs(last.shownTicks + last.durationTicks),
  };
}

interface Found {
  readonly origin: TimedSample;
  readonly from: TimedSample;
  readonly to: TimedSample;
  readonly first: TimedSample;
  readonly last: TimedSample;
  readonly shownCount: number;
}

function findSamples(video: SampleTimes, segmentStartMs: number, span: Span): Found | null {
  let origin: TimedSample | undefined;
  let sync: TimedSample | undefined;
  /** With the sync sample before it. */
  let first: { readonly sample: TimedSample; readonly sync: TimedSample } | undefined;
  let earliest: typeof first;
  let last: TimedSample | undefined;
  let to: TimedSample | undefined;
  const ticksAt = (ms: number): number =>
    (origin?.shownTicks ?? 0) + ((ms - segmentStartMs) * video.track.timescale) / 1000;
  for (const sample of video.samples()) {
    origin ??= sample;
    if (sample.sync || sync === undefined) sync = sample;
    const isFirst = sample.shownTicks <= ticksAt(span.startMs + HALF_MS);
    if (isFirst && sample.shownTicks > (first?.sample.shownTicks ?? Number.NEGATIVE_INFINITY)) first = { sample, sync };
    if (sample.shownTicks < (earliest?.sample.shownTicks ?? Number.POSITIVE_INFINITY)) earliest = { sample, sync };
    if (sample.shownTicks >= ticksAt(span.endMs - HALF_MS)) continue;
    to = sample;
    if (sample.shownTicks > (last?.shownTicks ?? Number.NEGATIVE_INFINITY)) last = sample;
  }
  const begin = first ?? earliest;
  if (origin === undefined || begin === undefined || last === undefined || to === undefined) return null;
  const { sample, sync: from } = begin;
  const isBefore = sample.shownTicks + sample.durationTicks <= ticksAt(span.startMs + HALF_MS);
  if (isBefore || last.shownTicks < sample.shownTicks) return null;
  const shownCount = countBetween(video, sample.shownTicks, last.shownTicks);
  return { origin, from, to: to.index < sample.index ? sample : to, first: sample, last, shownCount };
}

function countBetween(video: SampleTimes, fromTicks: number, toTicks: number): number {
  let count = 0;
  for (const { shownTicks } of video.samples()) if (shownTicks >= fromTicks && shownTicks <= toTicks) count += 1;
  return count;
}

/** What the edit list adds to the times of a track. */
export function editSeconds({ track }: SampleTimes): number {
  return track.editOffsetTicks / track.timescale;
}
