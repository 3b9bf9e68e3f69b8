import type { ConcatEntry } from "../ffmpeg/concat-arguments.ts";
import { TOLERATED_HOLE_MS } from "../recording/timeline.ts";
import type { SourceSegment } from "./source-segment.ts";

/** Between the last sound of one run and the first of the next. */
const SOUND_STEP_SECONDS = 0.001;

/** One file to make. Times in seconds are those of the list from which ffmpeg makes it. */
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

/**
 * How segments (oldest first) become files: one, or several where the decoder must be told anew. Each begins with the sync sample that its
 * first picture needs, and ends with the last sample that is needed. Pure.
 */
export function planParts(sources: readonly SourceSegment[], withSound: boolean): PartPlan[] {
  const groups: SourceSegment[][] = [];
  for (const source of sources) {
    const last = groups.at(-1);
    if (last !== undefined && fits(last, source, withSound)) last.push(source);
    else groups.push([source]);
  }
  return groups.flatMap((group) => planPart(group, withSound) ?? []);
}

function fits(group: readonly SourceSegment[], source: SourceSegment, withSound: boolean): boolean {
  if (group[0]?.video.format !== source.video.format) return false;
  if (!withSound || source.sound === null) return true;
  const before = group.find(({ sound }) => sound !== null)?.sound;
  return before === undefined || before?.format === source.sound.format;
}

function planPart(sources: readonly SourceSegment[], withSound: boolean): PartPlan | null {
  const placed = place(sources, withSound);
  const [first] = placed;
  const last = placed.at(-1);
  if (first === undefined || last === undefined) return null;
  const withTracks = withSound ? sources.find(({ sound }) => sound !== null) : undefined;
  const [begin, end] = [first.source.video.used, last.source.video.used];
  const before = sources.slice(0, -1).reduce((sum, { video }) => sum + video.used.count, 0);
  return {
    entries: placed.map(({ entry }) => entry),
    tracks: withTracks === undefined || first.source.sound !== null ? null : withTracks.file,
    hasSound: withTracks !== undefined,
    hevc: first.source.video.hevc,
    untilSeconds: last.shiftSeconds + end.untilSeconds,
    frames: before + end.count,
    shownFrames: sources.reduce((sum, { video }) => sum + video.used.shownCount, 0),
    firstShown: begin.firstShown,
    lastShown: before + end.lastShown,
    shown: {
      fromSeconds: first.shiftSeconds + begin.shownFromSeconds,
      toSeconds: last.shiftSeconds + end.shownToSeconds,
    },
    startMs: begin.startMs,
    endMs: end.endMs,
    framesPerSecond: first.source.video.framesPerSecond,
    pieces: placed.map(({ source, shiftSeconds }) => {
      const { startMs, endMs, shownFromSeconds } = source.video.used;
      return { source, startMs, endMs, fromSeconds: shiftSeconds + shownFromSeconds };
    }),
  };
}

interface Placed {
  readonly source: SourceSegment;
  readonly entry: ConcatEntry;
  /** What is added to the times of the file. */
  readonly shiftSeconds: number;
}

function place(sources: readonly SourceSegment[], withSound: boolean): Placed[] {
  const placed: Placed[] = [];
  for (const source of sources) {
    const before = placed.at(-1);
    placed.push(before === undefined ? placeFirst(source) : placeNext(before, source, withSound));
  }
  return placed;
}

/** Half a frame behind the sync sample, so that no rounding makes ffmpeg begin at the one before. */
function placeFirst(source: SourceSegment): Placed {
  const { used } = source.video;
  const fromSeconds = used.fromSeconds + used.fromDurationSeconds / 2;
  return { source, entry: { file: source.file, fromSeconds, startSeconds: 0 }, shiftSeconds: -fromSeconds };
}

function placeNext(before: Placed, source: SourceSegment, withSound: boolean): Placed {
  const last = before.source;
  const sinceSeconds = source.runSeconds - last.runSeconds;
  const isNext = Math.abs(sinceSeconds - last.video.durationSeconds) * 1000 <= TOLERATED_HOLE_MS;
  if (source.identity.runId !== last.identity.runId || !isNext) return placeBehindGap(before, source, withSound);
  // The run's own media time tells where its pictures follow one another.
  const shiftSeconds = before.shiftSeconds + sinceSeconds - (source.video.beginSeconds - last.video.beginSeconds);
  return { source, entry: { file: source.file, fromSeconds: 0, startSeconds: shiftSeconds }, shiftSeconds };
}

/** The pictures follow at once; or a little later, where sound would begin before that of the run before has ended. */
function placeBehindGap(before: Placed, source: SourceSegment, withSound: boolean): Placed {
  const last = before.source;
  const fromSeconds = Math.max(0, source.video.beginSeconds);
  const pictureEnd = before.shiftSeconds + last.video.beginSeconds + last.video.durationSeconds;
  let shiftSeconds = pictureEnd - source.video.beginSeconds;
  if (withSound && last.sound !== null && source.sound !== null) {
    const soundEnd = before.shiftSeconds + last.sound.lastSeconds + SOUND_STEP_SECONDS;
    shiftSeconds = Math.max(shiftSeconds, soundEnd - source.sound.firstSeconds);
  }
  return {
    source,
    entry: { file: source.file, fromSeconds, startSeconds: shiftSeconds + fromSeconds },
    shiftSeconds,
  };
}
