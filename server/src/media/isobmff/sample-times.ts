import { MalformedMedia } from "../malformed-media.ts";
import { type BoxSpan, boxesIn, findChild, requireBody, requirePath } from "./box.ts";
import { type InitTrack, parseMoov, trakBoxes } from "./init-segment.ts";

/** When the samples of a track play, read from the sample tables of an ordinary MP4 (ISO/IEC 14496-12, clause 8.6). */
export interface SampleTimes {
  readonly track: InitTrack;
  readonly count: number;
  /** Sum of all durations, ticks. */
  readonly durationTicks: number;
  /** What must be added to decode times so that none lies behind its composition time; 0 without negative offsets. */
  readonly decodeShiftTicks: number;
  /** Every sample, in decode order. For files whose samples are looked at one by one. */
  expand(): readonly TimedSample[];
}

export interface TimedSample {
  readonly decodeTicks: number;
  readonly durationTicks: number;
  /** When it is shown, ticks of the media: edit lists are not applied. */
  readonly shownTicks: number;
  readonly sync: boolean;
}

interface ValueRun {
  readonly count: number;
  readonly value: number;
}

/** The tracks of a `moov` box with sample tables, video and sound. Throws MalformedMedia. */
export function sampleTimes(moov: Buffer): SampleTimes[] {
  const { tracks } = parseMoov(moov);
  const traks = trakBoxes(moov);
  return tracks.flatMap((track) => {
    const trak = traks.get(track.id);
    return trak === undefined ? [] : [timesOf(trak, track)];
  });
}

function timesOf(trak: Buffer, track: InitTrack): SampleTimes {
  const [root] = boxesIn(trak, 0, trak.length);
  if (root === undefined) throw new MalformedMedia("not a trak box");
  const stbl = requirePath(trak, root, "mdia", "minf", "stbl");
  const durations = valueRuns(trak, findChild(trak, stbl, "stts"));
  const offsets = valueRuns(trak, findChild(trak, stbl, "ctts"));
  const syncs = numbersOf(trak, findChild(trak, stbl, "stss"));
  const count = durations.reduce((sum, run) => sum + run.count, 0);
  return {
    track,
    count,
    durationTicks: durations.reduce((sum, run) => sum + run.count * run.value, 0),
    decodeShiftTicks: Math.max(0, ...offsets.map((run) => -run.value)),
    expand: () => expanded(durations, offsets, syncs),
  };
}

function expanded(
  durations: readonly ValueRun[],
  offsets: readonly ValueRun[],
  syncs: readonly number[] | null,
): TimedSample[] {
  const isSync = syncs === null ? null : new Set(syncs);
  const shift = each(offsets);
  const samples: TimedSample[] = [];
  let decodeTicks = 0;
  for (const { count, value } of durations) {
    for (let i = 0; i < count; i += 1) {
      const sync = isSync?.has(samples.length + 1) ?? true;
      samples.push({ decodeTicks, durationTicks: value, shownTicks: decodeTicks + (shift() ?? 0), sync });
      decodeTicks += value;
    }
  }
  return samples;
}

/** Answers the values one by one; undefined behind the last. */
function each(runs: readonly ValueRun[]): () => number | undefined {
  let at = 0;
  let left = runs[0]?.count ?? 0;
  return () => {
    while (left === 0 && at < runs.length) {
      at += 1;
      left = runs[at]?.count ?? 0;
    }
    left -= 1;
    return runs[at]?.value;
  };
}

/** `stts` or `ctts`: pairs of a count and a value; the value is taken as signed, as everybody writes it. */
function valueRuns(bytes: Buffer, box: BoxSpan | undefined): ValueRun[] {
  if (box === undefined) return [];
  const count = entryCount(bytes, box, 8);
  return Array.from({ length: count }, (_, i) => {
    const at = box.bodyStart + 8 + i * 8;
    return { count: bytes.readUInt32BE(at), value: bytes.readInt32BE(at + 4) };
  });
}

/** null: no `stss`, every sample is a sync sample. */
function numbersOf(bytes: Buffer, box: BoxSpan | undefined): number[] | null {
  if (box === undefined) return null;
  const count = entryCount(bytes, box, 4);
  return Array.from({ length: count }, (_, i) => bytes.readUInt32BE(box.bodyStart + 8 + i * 4));
}

function entryCount(bytes: Buffer, box: BoxSpan, entryBytes: number): number {
  requireBody(box, 8);
  const count = bytes.readUInt32BE(box.bodyStart + 4);
  requireBody(box, 8 + count * entryBytes);
  return count;
}
