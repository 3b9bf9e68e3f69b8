import type { ConcatEntry } from "../ffmpeg/concat-arguments.ts";
import type { SampleTimes, TimedSample } from "../media/isobmff/sample-times.ts";
import { TOLERATED_HOLE_MS } from "../recording/timeline.ts";
import { pictureFormat, type SourceSegment, soundFormat } from "./source-segment.ts";

/** Instants are whole milliseconds: a picture that begins within half of one begins then. */
const HALF_MS = 0.5;
/** Between the last sound of one run and the first of the next. */
const SOUND_STEP_SECONDS = 0.001;

/** One file to make. Times in seconds are those of the list from which ffmpeg makes it, unless said otherwise. */
export interface PartPlan {
  readonly entries: readonly ConcatEntry[];
  /** File that describes all tracks, where the first one has no sound; null otherwise. */
  readonly tracks: string | null;
  readonly hasSound: boolean;
  readonly hevc: boolean;
  /** Nothing that is decoded from here on is taken. */
  readonly untilSeconds: number;
  /** Video samples that the file must have. */
  readonly frames: number;
  /** Those of them that are shown. */
  readonly shownFrames: number;
  /** Which sample, counted from 0 in the file, is shown first and which last. */
  readonly firstShown: number;
  readonly lastShown: number;
  /** When these are shown; `toSeconds` is the end of the last. */
  readonly shown: { readonly fromSeconds: number; readonly toSeconds: number };
  readonly startMs: number;
  readonly endMs: number;
  readonly framesPerSecond: number;
  readonly pieces: readonly PlacedPiece[];
}

/** Where the footage of one segment plays. */
export interface PlacedPiece {
  readonly source: SourceSegment;
  /** Wall time of what is shown of it. */
  readonly startMs: number;
  readonly endMs: number;
  /** When `startMs` plays in the list. */
  readonly fromSeconds: number;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * How the footage of a span (segments that touch it, oldest first) becomes files: one, or several where the decoder must be told anew.
 * Each begins with the picture that is shown at the start of the span, with all from its sync sample on ahead of it, and ends with the one
 * that is shown at the end. Pure.
 */
export function planParts(sources: readonly SourceSegment[], span: Span, withSound: boolean): PartPlan[] {
  const groups: SourceSegment[][] = [];
  for (const source of sources) {
    const last = groups.at(-1);
    if (last !== undefined && fits(last, source, withSound)) last.push(source);
    else groups.push([source]);
  }
  return groups.flatMap((group) => planPart(group, span, withSound) ?? []);
}

function fits(group: readonly SourceSegment[], source: SourceSegment, withSound: boolean): boolean {
  const [first] = group;
  if (first === undefined || pictureFormat(first) !== pictureFormat(source)) return false;
  const sound = soundFormat(source);
  const before = group.map(soundFormat).find((format) => format !== null) ?? null;
  return !withSound || sound === null || before === null || sound === before;
}

interface Chosen {
  readonly source: SourceSegment;
  readonly samples: readonly TimedSample[];
  /** From the sync sample that is needed to the last sample that is needed, in decode order. */
  readonly from: number;
  readonly to: number;
  /** The first and last that are shown. */
  readonly firstShown: number;
  readonly lastShown: number;
}

function planPart(sources: readonly SourceSegment[], span: Span, withSound: boolean): PartPlan | null {
  const chosen = sources.flatMap((source) => chooseSamples(source, span) ?? []);
  const [first] = chosen;
  const last = chosen.at(-1);
  if (first === undefined || last === undefined) return null;
  const placed = place(chosen, withSound);
  const hasSound = withSound && chosen.some(({ source }) => source.sound !== null);
  const described = chosen.find(({ source }) => source.sound !== null);
  const before = chosen.slice(0, -1).reduce((sum, one) => sum + one.to - one.from + 1, 0);
  const startAt = placed[0]?.shiftSeconds ?? 0;
  const endAt = placed.at(-1)?.shiftSeconds ?? 0;
  const lastSample = sampleAt(last, last.lastShown);
  return {
    entries: placed.map(({ entry }) => entry),
    tracks: hasSound && first.source.sound === null ? (described?.source.file ?? null) : null,
    hasSound,
    hevc: /^h[ve][cv]1$/.test(first.source.video.track.sampleEntry),
    untilSeconds: endAt + decodeSeconds(last, sampleAt(last, last.to), 0.5),
    frames: before + last.to - last.from + 1,
    shownFrames: chosen.reduce((sum, one) => sum + countShown(one), 0),
    firstShown: first.firstShown - first.from,
    lastShown: before + last.lastShown - last.from,
    shown: {
      fromSeconds: startAt + shownSeconds(first, sampleAt(first, first.firstShown)),
      toSeconds: endAt + shownSeconds(last, lastSample) + lastSample.durationTicks / timescale(last),
    },
    startMs: Math.round(wallMs(first, sampleAt(first, first.firstShown))),
    endMs: Math.round(wallMs(last, lastSample) + (lastSample.durationTicks * 1000) / timescale(last)),
    framesPerSecond: framesPerSecond(first.source.video),
    pieces: placed.map(({ chosen: one, shiftSeconds }) => {
      const sample = sampleAt(one, one.firstShown);
      const end = sampleAt(one, one.lastShown);
      return {
        source: one.source,
        startMs: Math.round(wallMs(one, sample)),
        endMs: Math.round(wallMs(one, end) + (end.durationTicks * 1000) / timescale(one)),
        fromSeconds: shiftSeconds + shownSeconds(one, sample),
      };
    }),
  };
}

/** null: nothing of it is shown in the span. */
function chooseSamples(source: SourceSegment, span: Span): Chosen | null {
  const samples = source.video.expand();
  const [origin] = samples;
  if (origin === undefined) return null;
  const ticks = (ms: number): number =>
    origin.shownTicks + ((ms - source.startMs) * source.video.track.timescale) / 1000;
  const fromTicks = ticks(span.startMs + HALF_MS);
  const toTicks = ticks(span.endMs - HALF_MS);
  let firstShown = -1;
  let earliest = 0;
  let lastShown = -1;
  let to = -1;
  for (const [i, { shownTicks }] of samples.entries()) {
    if (shownTicks < sample(samples, earliest).shownTicks) earliest = i;
    if (shownTicks <= fromTicks && (firstShown < 0 || shownTicks > sample(samples, firstShown).shownTicks))
      firstShown = i;
    if (shownTicks >= toTicks) continue;
    to = i;
    if (lastShown < 0 || shownTicks > sample(samples, lastShown).shownTicks) lastShown = i;
  }
  if (firstShown < 0) firstShown = earliest;
  const first = sample(samples, firstShown);
  // The whole of it lies before the span, or behind it.
  if (
    lastShown < 0 ||
    first.shownTicks + first.durationTicks <= fromTicks ||
    sample(samples, lastShown).shownTicks < first.shownTicks
  )
    return null;
  let from = firstShown;
  while (from > 0 && !sample(samples, from).sync) from -= 1;
  return { source, samples, from, to: Math.max(to, firstShown), firstShown, lastShown };
}

interface Placed {
  readonly chosen: Chosen;
  readonly entry: ConcatEntry;
  /** What is added to the times of the file. */
  readonly shiftSeconds: number;
}

function place(chosen: readonly Chosen[], withSound: boolean): Placed[] {
  const placed: Placed[] = [];
  for (const one of chosen) {
    const before = placed.at(-1);
    placed.push(before === undefined ? placeFirst(one) : placeNext(before, one, withSound));
  }
  return placed;
}

/** Half a frame behind the sync sample, so that no rounding makes ffmpeg begin at the one before. */
function placeFirst(chosen: Chosen): Placed {
  const fromSeconds = decodeSeconds(chosen, sampleAt(chosen, chosen.from), 0.5);
  return {
    chosen,
    entry: { file: chosen.source.file, fromSeconds, startSeconds: 0 },
    shiftSeconds: -fromSeconds,
  };
}

function placeNext(before: Placed, chosen: Chosen, withSound: boolean): Placed {
  const { source } = chosen;
  const last = before.chosen.source;
  const sinceSeconds = source.runSeconds - last.runSeconds;
  const missingMs = (sinceSeconds - last.video.durationTicks / last.video.track.timescale) * 1000;
  if (source.identity.runId === last.identity.runId && Math.abs(missingMs) <= TOLERATED_HOLE_MS) {
    // The run's own media time tells where its pictures follow one another.
    const shiftSeconds = before.shiftSeconds + sinceSeconds - (editSeconds(source.video) - editSeconds(last.video));
    return { chosen, entry: { file: source.file, fromSeconds: 0, startSeconds: shiftSeconds }, shiftSeconds };
  }
  return placeBehindGap(before, chosen, withSound);
}

/** The pictures follow at once; or a little later, where sound would begin before that of the run before has ended. */
function placeBehindGap(before: Placed, chosen: Chosen, withSound: boolean): Placed {
  const last = before.chosen.source;
  const { source } = chosen;
  const fromSeconds = Math.max(0, decodeSeconds(chosen, sampleAt(chosen, 0), 0));
  const pictureEnd =
    before.shiftSeconds +
    decodeSeconds(before.chosen, sampleAt(before.chosen, 0), 0) +
    last.video.durationTicks / last.video.track.timescale;
  let shiftSeconds = pictureEnd - decodeSeconds(chosen, sampleAt(chosen, 0), 0);
  if (withSound && last.sound !== null && source.sound !== null) {
    const lastSound = before.shiftSeconds + lastStartSeconds(last.sound);
    shiftSeconds = Math.max(
      shiftSeconds,
      lastSound + SOUND_STEP_SECONDS - firstStartSeconds(source.sound, fromSeconds),
    );
  }
  return {
    chosen,
    entry: { file: source.file, fromSeconds, startSeconds: shiftSeconds + fromSeconds },
    shiftSeconds,
  };
}

/** When the last sample of sound begins, in the file's time. */
function lastStartSeconds(sound: SampleTimes): number {
  const last = sound.expand().at(-1);
  return editSeconds(sound) + (last?.decodeTicks ?? 0) / sound.track.timescale;
}

/** When the sound begins that ffmpeg takes along when it begins at `fromSeconds`, in the file's time. */
function firstStartSeconds(sound: SampleTimes, fromSeconds: number): number {
  let start = editSeconds(sound);
  for (const { decodeTicks } of sound.expand()) {
    const seconds = editSeconds(sound) + decodeTicks / sound.track.timescale;
    if (seconds > fromSeconds) break;
    start = seconds;
  }
  return start;
}

function editSeconds({ track }: SampleTimes): number {
  return track.editOffsetTicks / track.timescale;
}

function timescale({ source }: Chosen): number {
  return source.video.track.timescale;
}

/** When a sample is decoded, in the file's time, as ffmpeg tells it; plus a part of its duration. */
function decodeSeconds(
  { source: { video } }: Chosen,
  { decodeTicks, durationTicks }: TimedSample,
  part: number,
): number {
  return editSeconds(video) + (decodeTicks - video.decodeShiftTicks + part * durationTicks) / video.track.timescale;
}

function shownSeconds({ source: { video } }: Chosen, { shownTicks }: TimedSample): number {
  return editSeconds(video) + shownTicks / video.track.timescale;
}

function wallMs(chosen: Chosen, { shownTicks }: TimedSample): number {
  const origin = sampleAt(chosen, 0);
  return chosen.source.startMs + ((shownTicks - origin.shownTicks) * 1000) / timescale(chosen);
}

function countShown(chosen: Chosen): number {
  const from = sampleAt(chosen, chosen.firstShown).shownTicks;
  const to = sampleAt(chosen, chosen.lastShown).shownTicks;
  return chosen.samples.filter(({ shownTicks }) => shownTicks >= from && shownTicks <= to).length;
}

function framesPerSecond(video: SampleTimes): number {
  const seconds = video.durationTicks / video.track.timescale;
  return seconds > 0 ? Math.min(60, Math.max(1, Math.round(video.count / seconds))) : 25;
}

function sampleAt({ samples }: Chosen, index: number): TimedSample {
  return sample(samples, index);
}

function sample(samples: readonly TimedSample[], index: number): TimedSample {
  const found = samples[index];
  if (found === undefined) throw new RangeError(`no sample ${index}`);
  return found;
}
