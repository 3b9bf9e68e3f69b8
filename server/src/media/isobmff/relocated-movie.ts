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
 * The `moov` of an ordinary MP4 for another place in the file: all chunks lie `shiftBytes` further on, and of each track named in `shown`
 * an edit list shows that part (ISO/IEC 14496-12, clauses 8.6.6 and 8.7.5). Throws MalformedMedia.
 */
export function relocatedMoov(moov: Buffer, shiftBytes: number, shown: ReadonlyMap<number, ShownMedia>): Buffer {
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
    return box.type === "trak" ? relocatedTrak(moov, box, shiftBytes, { shown, timescale }) : boxBytes(moov, box);
  });
  return writeBox("moov", ...parts);
}

const EMPTY = Buffer.alloc(0);

interface Showing {
  readonly shown: ReadonlyMap<number, ShownMedia>;
  readonly timescale: number;
}

function relocatedTrak(moov: Buffer, trak: BoxSpan, shiftBytes: number, { shown, timescale }: Showing): Buffer {
  const part = shown.get(trackId(moov, requirePath(moov, trak, "tkhd")));
  // Nothing of it is ever shown.
  if (part !== undefined && part.seconds <= 0) return EMPTY;
  const parts = childrenOf(moov, trak).flatMap((box) => {
    if (box.type === "mdia") return [withChunks(moov, box, shiftBytes)];
    if (part === undefined) return [boxBytes(moov, box)];
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

function withChunks(moov: Buffer, mdia: BoxSpan, shiftBytes: number): Buffer {
  return writeBox(
    mdia.type,
    ...childrenOf(moov, mdia).map((box) => {
      if (box.type === "minf" || box.type === "stbl") return withChunks(moov, box, shiftBytes);
      return box.type === "stco" || box.type === "co64" ? chunkOffsets(moov, box, shiftBytes) : boxBytes(moov, box);
    }),
  );
}

/** Always with 64 bits, so that the size of the box does not depend on the shift. */
function chunkOffsets(moov: Buffer, box: BoxSpan, shiftBytes: number): Buffer {
  const bytesEach = box.type === "co64" ? 8 : 4;
  requireBody(box, 8);
  const count = moov.readUInt32BE(box.bodyStart + 4);
  requireBody(box, 8 + count * bytesEach);
  const body = Buffer.allocUnsafe(count * 8);
  for (let i = 0; i < count; i += 1) {
    const at = box.bodyStart + 8 + i * bytesEach;
    const offset = bytesEach === 8 ? moov.readBigUInt64BE(at) : BigInt(moov.readUInt32BE(at));
    body.writeBigUInt64BE(offset + BigInt(shiftBytes), i * 8);
  }
  return writeFullBox("co64", 0, 0, u32(count), body);
}

function timescaleOf(moov: Buffer, mvhd: BoxSpan): number {
  requireBody(mvhd, 32);
  return moov.readUInt32BE(mvhd.bodyStart + (moov[mvhd.bodyStart] === 1 ? 20 : 12));
}
