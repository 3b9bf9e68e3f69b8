import { MalformedMedia } from "../malformed-media.ts";
import {
  type BoxSpan,
  boxBytes,
  boxesIn,
  childrenOf,
  requireBody,
  requireChild,
  requirePath,
  u32,
  u64,
  writeBox,
  writeFullBox,
} from "./box.ts";
import { HEADER_DURATION_AT, TRACK_DURATION_AT, withDuration } from "./closed-movie.ts";
import { trackId } from "./init-segment.ts";

/** Which part of a track's media is shown, and when; ticks of its media, seconds of the movie. */
export interface ShownMedia {
  /** Nothing is shown before. */
  readonly waitSeconds: number;
  readonly fromTicks: number;
  readonly seconds: number;
}

/**
 * The `moov` of an ordinary MP4, with edit lists that show these parts of the tracks named in `shown` (ISO/IEC 14496-12, clause 8.6.6). Throws
 * MalformedMedia.
 */
export function shownMoov(moov: Buffer, shown: ReadonlyMap<number, ShownMedia>): Buffer {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined) throw new MalformedMedia("not a moov box");
  const mvhd = requireChild(moov, root, "mvhd");
  const timescale = timescaleOf(moov, mvhd);
  const durations = [...shown.values()].map((part) => Math.round((part.waitSeconds + part.seconds) * timescale));
  const parts = childrenOf(moov, root).flatMap((box) => {
    if (box.type === "mvhd")
      return durations.length === 0
        ? boxBytes(moov, box)
        : withDuration(boxBytes(moov, box), HEADER_DURATION_AT, Math.max(...durations));
    return box.type === "trak" ? shownTrak(moov, box, { shown, timescale }) : boxBytes(moov, box);
  });
  return writeBox("moov", ...parts);
}

const EMPTY = Buffer.alloc(0);

interface Showing {
  readonly shown: ReadonlyMap<number, ShownMedia>;
  readonly timescale: number;
}

function shownTrak(moov: Buffer, trak: BoxSpan, { shown, timescale }: Showing): Buffer {
  const part = shown.get(trackId(moov, requirePath(moov, trak, "tkhd")));
  if (part === undefined) return boxBytes(moov, trak);
  // Nothing of it is ever shown.
  if (part.seconds <= 0) return EMPTY;
  const parts = childrenOf(moov, trak).flatMap((box) => {
    if (box.type === "edts") return [];
    if (box.type !== "tkhd") return [boxBytes(moov, box)];
    const wait = Math.round(part.waitSeconds * timescale);
    const duration = Math.round(part.seconds * timescale);
    return [
      withDuration(boxBytes(moov, box), TRACK_DURATION_AT, wait + duration),
      editList(wait, duration, part.fromTicks),
    ];
  });
  return writeBox("trak", ...parts);
}

/** Version 1: with 64 bits, hours of media at any timescale have room. */
function editList(wait: number, duration: number, fromTicks: number): Buffer {
  const rate = u32(0x00010000);
  const empty = wait > 0 ? [u64(wait), u32(0xffffffff, 0xffffffff), rate] : [];
  return writeBox(
    "edts",
    writeFullBox("elst", 1, 0, u32(empty.length > 0 ? 2 : 1), ...empty, u64(duration, fromTicks), rate),
  );
}

function timescaleOf(moov: Buffer, mvhd: BoxSpan): number {
  requireBody(mvhd, 32);
  return moov.readUInt32BE(mvhd.bodyStart + (moov[mvhd.bodyStart] === 1 ? 20 : 12));
}
