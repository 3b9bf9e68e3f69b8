import { MalformedMedia } from "../malformed-media.ts";
import {
  type BoxSpan,
  boxBytes,
  boxesIn,
  childrenOf,
  readBoxHeader,
  requireChild,
  u32,
  writeBox,
  writeFullBox,
} from "./box.ts";
import { parseMoov, trakBoxes } from "./init-segment.ts";
import type { SampleTable } from "./sample-table.ts";

/**
 * The `moov` of a closed file: the tracks of the init segment `initMoov` with full sample tables, `udta` at its end. Its times begin at 0
 * with the earlier track; the other gets an edit list with the wait (audio frames never start exactly on a key frame).
 */
export function closedMoov(initMoov: Buffer, tables: ReadonlyMap<number, SampleTable>, udta: Buffer): Buffer {
  const init = parseMoov(initMoov);
  const [root] = boxesIn(initMoov, 0, initMoov.length);
  if (root === undefined) throw new MalformedMedia("not a moov box");
  const traks = trakBoxes(initMoov);
  const used = init.tracks.flatMap((track) => {
    const table = tables.get(track.id);
    const trak = traks.get(track.id);
    return table === undefined || trak === undefined || table.firstDecodeTicks === null
      ? []
      : [{ track, table, trak, startSeconds: table.firstDecodeTicks / track.timescale }];
  });
  const movieStartSeconds = Math.min(...used.map((part) => part.startSeconds));
  let movieDuration = 0;
  const parts = used.map(({ track, table, trak, startSeconds }) => {
    const emptyDuration = Math.round((startSeconds - movieStartSeconds) * init.movieTimescale);
    const duration = Math.round((table.durationTicks * init.movieTimescale) / track.timescale);
    movieDuration = Math.max(movieDuration, emptyDuration + duration);
    return closedTrak(trak, table, emptyDuration, duration);
  });
  const mvhd = withDuration(
    boxBytes(initMoov, requireChild(initMoov, root, "mvhd")),
    HEADER_DURATION_AT,
    movieDuration,
  );
  return writeBox("moov", mvhd, ...parts, udta);
}

// Where `duration` stands behind the FullBox header, in versions 0 and 1 (clauses 8.2.2, 8.3.2, 8.4.2).
export const HEADER_DURATION_AT = { v0: 16, v1: 24 };
export const TRACK_DURATION_AT = { v0: 20, v1: 28 };

function closedTrak(trak: Buffer, table: SampleTable, emptyDuration: number, duration: number): Buffer {
  const [root] = boxesIn(trak, 0, trak.length);
  if (root === undefined) throw new MalformedMedia("not a trak box");
  const parts: Buffer[] = [];
  for (const child of childrenOf(trak, root)) {
    if (child.type === "tkhd") {
      parts.push(withDuration(boxBytes(trak, child), TRACK_DURATION_AT, emptyDuration + duration));
      if (emptyDuration > 0) parts.push(editList(emptyDuration, duration));
    } else if (child.type === "mdia") {
      parts.push(closedMdia(trak, child, table));
    } else {
      parts.push(boxBytes(trak, child));
    }
  }
  return writeBox("trak", ...parts);
}

/** Clause 8.6.6: an empty edit of the wait, then the media from its start. */
function editList(emptyDuration: number, duration: number): Buffer {
  if (emptyDuration > 0xffffffff || duration > 0xffffffff) throw new MalformedMedia("the tracks lie too far apart");
  const rate = 0x00010000;
  return writeBox("edts", writeFullBox("elst", 0, 0, u32(2, emptyDuration, 0xffffffff, rate, duration, 0, rate)));
}

function closedMdia(trak: Buffer, mdia: BoxSpan, table: SampleTable): Buffer {
  return rebuilt(trak, mdia, (child) => {
    if (child.type === "mdhd") return withDuration(boxBytes(trak, child), HEADER_DURATION_AT, table.durationTicks);
    if (child.type !== "minf") return boxBytes(trak, child);
    return rebuilt(trak, child, (part) =>
      part.type === "stbl"
        ? writeBox("stbl", boxBytes(trak, requireChild(trak, part, "stsd")), ...table.boxes())
        : boxBytes(trak, part),
    );
  });
}

function rebuilt(bytes: Buffer, parent: BoxSpan, each: (child: BoxSpan) => Buffer): Buffer {
  return writeBox(parent.type, ...childrenOf(bytes, parent).map(each));
}

/** A copy of a header box with its `duration` set, in ticks of its own timescale. */
export function withDuration(box: Buffer, at: { v0: number; v1: number }, duration: number): Buffer {
  const copy = Buffer.from(box);
  const body = readBoxHeader(copy, 0)?.headerBytes ?? 0;
  const long = copy[body] === 1;
  if (copy.length < body + (long ? at.v1 + 8 : at.v0 + 4)) throw new MalformedMedia("a header box is too short");
  if (long) copy.writeBigUInt64BE(BigInt(duration), body + at.v1);
  else copy.writeUInt32BE(Math.min(duration, 0xffffffff), body + at.v0);
  return copy;
}
