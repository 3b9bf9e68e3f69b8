import { MalformedMedia } from "../malformed-media.ts";
import { type BoxSpan, boxBytes, boxesIn, findChild, requireBody, requirePath } from "./box.ts";
import { type InitTrack, parseMoov, trakBoxes } from "./init-segment.ts";

/** When the samples of a track play, read from the sample tables of an ordinary MP4 (ISO/IEC 14496-12, clause 8.6). */
export interface SampleTimes {
  readonly track: InitTrack;
  readonly count: number;
  /** Sum of all durations, ticks. */
  readonly durationTicks: number;
  /** What must be taken off decode times so that none lies behind its composition time; 0 without negative offsets. */
  readonly decodeShiftTicks: number;
  /** Every sample, in decode order; none is kept in memory. */
  samples(): Iterable<TimedSample>;
}

export interface TimedSample {
  /** From 0, in decode order. */
  readonly index: number;
  readonly decodeTicks: number;
  readonly durationTicks: number;
  /** When it is shown, ticks of the media: edit lists are not applied. */
  readonly shownTicks: number;
  readonly sync: boolean;
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
  const durations = entriesOf(trak, findChild(trak, stbl, "stts"), 8) ?? NO_ENTRIES;
  const offsets = entriesOf(trak, findChild(trak, stbl, "ctts"), 8) ?? NO_ENTRIES;
  const syncs = entriesOf(trak, findChild(trak, stbl, "stss"), 4);
  let count = 0;
  let durationTicks = 0;
  for (let at = 0; at < durations.length; at += 8) {
    count += durations.readUInt32BE(at);
    durationTicks += durations.readUInt32BE(at) * durations.readInt32BE(at + 4);
  }
  let decodeShiftTicks = 0;
  for (let at = 0; at < offsets.length; at += 8)
    decodeShiftTicks = Math.max(decodeShiftTicks, -offsets.readInt32BE(at + 4));
  return { track, count, durationTicks, decodeShiftTicks, samples: () => eachSample(durations, offsets, syncs) };
}

const NO_ENTRIES = Buffer.alloc(0);

/** `syncs` null: every sample is a sync sample. */
function* eachSample(durations: Buffer, offsets: Buffer, syncs: Buffer | null): Generator<TimedSample> {
  const offset = eachValue(offsets);
  let index = 0;
  let decodeTicks = 0;
  let syncAt = 0;
  for (let at = 0; at < durations.length; at += 8) {
    const durationTicks = durations.readInt32BE(at + 4);
    for (let left = durations.readUInt32BE(at); left > 0; left -= 1) {
      const sync = syncs === null || (syncAt < syncs.length && syncs.readUInt32BE(syncAt) === index + 1);
      if (sync) syncAt += 4;
      yield { index, decodeTicks, durationTicks, shownTicks: decodeTicks + offset(), sync };
      index += 1;
      decodeTicks += durationTicks;
    }
  }
}

/** Answers the values of a table one by one; 0 behind the last. */
function eachValue(entries: Buffer): () => number {
  let at = -8;
  let left = 0;
  return () => {
    while (left === 0) {
      at += 8;
      if (at >= entries.length) return 0;
      left = entries.readUInt32BE(at);
    }
    left -= 1;
    return entries.readInt32BE(at + 4);
  };
}

/** The entries of a table behind their count; values are taken as signed, as everybody writes them. null: there is no such box. */
function entriesOf(bytes: Buffer, box: BoxSpan | undefined, entryBytes: number): Buffer | null {
  if (box === undefined) return null;
  requireBody(box, 8);
  const sizeBytes = bytes.readUInt32BE(box.bodyStart + 4) * entryBytes;
  requireBody(box, 8 + sizeBytes);
  const from = box.bodyStart - box.start + 8;
  return boxBytes(bytes, box).subarray(from, from + sizeBytes);
}
