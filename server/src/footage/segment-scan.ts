import { type BoxHeader, readBoxHeader } from "../media/isobmff/box.ts";
import { type InitSegment, parseMoov } from "../media/isobmff/init-segment.ts";
import { parseMoof, type TrackFragment } from "../media/isobmff/movie-fragment.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { SPAN_HEADER_BYTES } from "./hybrid-mp4.ts";
import { openSegment, type SegmentHandle, type SegmentSource } from "./segment-source.ts";

/** The head of a segment file, open or closed. */
export interface SegmentHead {
  readonly ftyp: Buffer;
  /** The first `moov`. */
  readonly moov: Buffer;
  readonly init: InitSegment;
  /** `mdat` header in place: the file was closed. */
  readonly closed: boolean;
  /** Where the first fragment begins. */
  readonly firstFragmentBytes: number;
  /** Where the payload ends according to the `mdat` header; null while open. */
  readonly payloadEndBytes: number | null;
}

export interface ScannedFragment {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly moof: Buffer;
  readonly tracks: readonly TrackFragment[];
}

const MAX_MOOV_BYTES = 1024 * 1024;
const MAX_MOOF_BYTES = 16 * 1024 * 1024;

/** Opens a segment for reading, gives it to `use`, and closes it whatever happens. */
export async function withSegment<T>(source: SegmentSource, use: (handle: SegmentHandle) => Promise<T>): Promise<T> {
  const handle = await openSegment(source);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** Reads `ftyp`, the 16 bytes behind it and the first `moov`. Throws MalformedMedia when the file is not one of ours. */
export async function readHead(handle: SegmentHandle): Promise<SegmentHead> {
  const start = await readAt(handle, 0, 4096);
  const ftypHeader = readBoxHeader(start, 0);
  if (ftypHeader?.type !== "ftyp" || ftypHeader.sizeBytes + 2 * SPAN_HEADER_BYTES > start.length)
    throw new MalformedMedia("no ftyp");
  const spanAt = ftypHeader.sizeBytes;
  const span = readBoxHeader(start, spanAt);
  const closed = span?.type === "mdat" && span.headerBytes === SPAN_HEADER_BYTES;
  if (!closed && !(span?.type === "free" && span.sizeBytes === SPAN_HEADER_BYTES))
    throw new MalformedMedia("not a segment file");
  const moovAt = spanAt + SPAN_HEADER_BYTES;
  const moovHeader = readBoxHeader(start, moovAt);
  if (moovHeader?.type !== "moov" || moovHeader.sizeBytes > MAX_MOOV_BYTES) throw new MalformedMedia("no moov");
  const moov = await readAt(handle, moovAt, moovHeader.sizeBytes);
  if (moov.length < moovHeader.sizeBytes) throw new MalformedMedia("the moov is cut off");
  return {
    ftyp: Buffer.from(start.subarray(0, spanAt)),
    moov,
    init: parseMoov(moov),
    closed,
    firstFragmentBytes: moovAt + moov.length,
    payloadEndBytes: closed ? spanAt + span.sizeBytes : null,
  };
}

/**
 * The whole fragments from `fromBytes` on, in order, up to `limitBytes`; ends without an error at the first that is torn or is something
 * else. Reads the `moof` boxes only.
 */
export async function* scanFragments(
  handle: SegmentHandle,
  head: SegmentHead,
  fromBytes: number,
  limitBytes: number,
): AsyncGenerator<ScannedFragment> {
  let at = fromBytes;
  for (;;) {
    const header = headerIfAny(await readAt(handle, at, SPAN_HEADER_BYTES), 0);
    if (header === null || header.type !== "moof" || header.sizeBytes > MAX_MOOF_BYTES) return;
    const moof = await readAt(handle, at, header.sizeBytes + SPAN_HEADER_BYTES);
    if (moof.length < header.sizeBytes + 8) return;
    const mdat = headerIfAny(moof, header.sizeBytes);
    if (mdat?.type !== "mdat") return;
    const sizeBytes = header.sizeBytes + mdat.sizeBytes;
    if (at + sizeBytes > limitBytes) return;
    const whole = moof.subarray(0, header.sizeBytes);
    const tracks = readTracks(whole, head.init);
    if (tracks === null) return;
    yield { offsetBytes: at, sizeBytes, moof: whole, tracks };
    at += sizeBytes;
  }
}

// After a power cut a file may end in blocks that were never written: zeros, or whatever lay there before.

/** null also where there is no header but something else. */
function headerIfAny(bytes: Buffer, at: number): BoxHeader | null {
  return nullIfMalformed(() => readBoxHeader(bytes, at));
}

/** null where the bytes only look like a `moof`. */
function readTracks(moof: Buffer, init: InitSegment): TrackFragment[] | null {
  return nullIfMalformed(() => parseMoof(moof, (id) => defaultsOf(init, id)));
}

function nullIfMalformed<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMedia) return null;
    throw error;
  }
}

function defaultsOf(init: InitSegment, trackId: number) {
  const track = init.tracks.find((candidate) => candidate.id === trackId);
  return track?.defaults ?? { durationTicks: 0, sizeBytes: 0, flags: 0 };
}

/** Up to `count` bytes at an offset; fewer only at the end of the file. */
export async function readAt(handle: SegmentHandle, atBytes: number, count: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await handle.read(buffer, filled, count - filled, atBytes + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
