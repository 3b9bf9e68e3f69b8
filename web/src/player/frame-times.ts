// When each frame of a fragment is shown, read from the fragment itself (ISO/IEC 14496-12), so that stepping by a frame is exact also where
// frames do not follow each other evenly.

/** The video track of an init segment. */
export interface VideoTrack {
  readonly id: number;
  /** Ticks per second. */
  readonly timescale: number;
  /** Ticks of a sample that says nothing else. */
  readonly defaultDurationTicks: number;
}

interface Box {
  readonly type: string;
  /** Where its content begins and ends in the file. */
  readonly from: number;
  readonly to: number;
}

const FULL_BOX_BYTES = 4;
const TFHD_BASE_DATA_OFFSET = 0x1;
const TFHD_DESCRIPTION_INDEX = 0x2;
const TFHD_DEFAULT_DURATION = 0x8;
const TRUN_DATA_OFFSET = 0x1;
const TRUN_FIRST_FLAGS = 0x4;
const TRUN_DURATION = 0x100;
const TRUN_SIZE = 0x200;
const TRUN_FLAGS = 0x400;
const TRUN_COMPOSITION_OFFSET = 0x800;

/** The first video track of `ftyp` and `moov`; null when there is none, or they cannot be read. */
export function videoTrackOf(init: Uint8Array): VideoTrack | null {
  const data = viewOf(init);
  const moov = child(data, wholeOf(data), "moov");
  if (moov === null) return null;
  for (const trak of children(data, moov)) {
    if (trak.type !== "trak") continue;
    const mdia = child(data, trak, "mdia");
    const handler = mdia === null ? null : child(data, mdia, "hdlr");
    if (mdia === null || handler === null || typeAt(data, handler.from + 8) !== "vide") continue;
    const header = child(data, trak, "tkhd");
    const mediaHeader = child(data, mdia, "mdhd");
    if (header === null || mediaHeader === null) return null;
    const id = trackIdOf(data, header);
    return { id, timescale: timescaleOf(data, mediaHeader), defaultDurationTicks: defaultDuration(data, moov, id) };
  }
  return null;
}

/** Seconds at which the frames of one or more fragments are shown, in order, from the first one on. Empty when there are none. */
export function frameTimesOf(fragments: Uint8Array, track: VideoTrack): number[] {
  const data = viewOf(fragments);
  const ticks: number[] = [];
  for (const moof of children(data, wholeOf(data))) {
    if (moof.type !== "moof") continue;
    for (const traf of children(data, moof)) {
      if (traf.type === "traf") addSamples(data, traf, track, ticks);
    }
  }
  ticks.sort((a, b) => a - b);
  const first = ticks[0] ?? 0;
  return ticks.map((one) => (one - first) / track.timescale);
}

/**
 * Seconds from the earliest sample of one or more fragments to their first frame: where a connection begins there is sound from the time
 * before its first picture. 0 when they cannot be read.
 */
export function pictureLeadSeconds(init: Uint8Array, fragments: Uint8Array): number {
  const video = videoTrackOf(init);
  const timescales = timescalesOf(init);
  const data = viewOf(fragments);
  let [earliest, picture] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const moof of children(data, wholeOf(data))) {
    if (moof.type !== "moof") continue;
    for (const traf of children(data, moof)) {
      const [header, time] = [child(data, traf, "tfhd"), child(data, traf, "tfdt")];
      if (traf.type !== "traf" || header === null || time === null) continue;
      const id = data.getUint32(header.from + FULL_BOX_BYTES);
      const seconds = decodeTicksOf(data, time) / (timescales.get(id) ?? Number.NaN);
      if (seconds < earliest) earliest = seconds;
      if (id === video?.id && seconds < picture) picture = seconds;
    }
  }
  return Number.isFinite(picture) ? picture - earliest : 0;
}

function timescalesOf(init: Uint8Array): Map<number, number> {
  const data = viewOf(init);
  const timescales = new Map<number, number>();
  const moov = child(data, wholeOf(data), "moov");
  if (moov === null) return timescales;
  for (const trak of children(data, moov)) {
    const mdia = trak.type === "trak" ? child(data, trak, "mdia") : null;
    const header = child(data, trak, "tkhd");
    const mediaHeader = mdia === null ? null : child(data, mdia, "mdhd");
    if (header !== null && mediaHeader !== null)
      timescales.set(trackIdOf(data, header), timescaleOf(data, mediaHeader));
  }
  return timescales;
}

/** Version 1 has two 64-bit times where version 0 has two of 32 bits. */
function trackIdOf(data: DataView, tkhd: Box): number {
  return data.getUint32(tkhd.from + (data.getUint8(tkhd.from) === 1 ? 20 : 12));
}

function timescaleOf(data: DataView, mdhd: Box): number {
  return data.getUint32(mdhd.from + (data.getUint8(mdhd.from) === 1 ? 20 : 12));
}

function decodeTicksOf(data: DataView, tfdt: Box): number {
  const at = tfdt.from + FULL_BOX_BYTES;
  return data.getUint8(tfdt.from) === 1 ? Number(data.getBigUint64(at)) : data.getUint32(at);
}

function addSamples(data: DataView, traf: Box, track: VideoTrack, ticks: number[]): void {
  const header = child(data, traf, "tfhd");
  const time = child(data, traf, "tfdt");
  if (header === null || time === null || data.getUint32(header.from + FULL_BOX_BYTES) !== track.id) return;
  const duration = fragmentDuration(data, header) ?? track.defaultDurationTicks;
  let decodeTicks = decodeTicksOf(data, time);
  for (const run of children(data, traf)) {
    if (run.type === "trun") decodeTicks = addRun(data, run, decodeTicks, duration, ticks);
  }
}

function addRun(data: DataView, run: Box, startTicks: number, defaultTicks: number, ticks: number[]): number {
  const flags = data.getUint32(run.from) & 0xffffff;
  const count = data.getUint32(run.from + FULL_BOX_BYTES);
  let at = run.from + 8 + (flags & TRUN_DATA_OFFSET ? 4 : 0) + (flags & TRUN_FIRST_FLAGS ? 4 : 0);
  let decodeTicks = startTicks;
  for (let i = 0; i < count && at <= run.to; i++) {
    const duration = flags & TRUN_DURATION ? data.getUint32(at) : defaultTicks;
    at += (flags & TRUN_DURATION ? 4 : 0) + (flags & TRUN_SIZE ? 4 : 0) + (flags & TRUN_FLAGS ? 4 : 0);
    ticks.push(decodeTicks + (flags & TRUN_COMPOSITION_OFFSET ? data.getInt32(at) : 0));
    at += flags & TRUN_COMPOSITION_OFFSET ? 4 : 0;
    decodeTicks += duration;
  }
  return decodeTicks;
}

function fragmentDuration(data: DataView, header: Box): number | null {
  const flags = data.getUint32(header.from) & 0xffffff;
  if (!(flags & TFHD_DEFAULT_DURATION)) return null;
  const at = header.from + 8 + (flags & TFHD_BASE_DATA_OFFSET ? 8 : 0) + (flags & TFHD_DESCRIPTION_INDEX ? 4 : 0);
  return data.getUint32(at);
}

function defaultDuration(data: DataView, moov: Box, id: number): number {
  const extends_ = child(data, moov, "mvex");
  if (extends_ === null) return 0;
  for (const one of children(data, extends_)) {
    if (one.type === "trex" && data.getUint32(one.from + FULL_BOX_BYTES) === id) return data.getUint32(one.from + 12);
  }
  return 0;
}

function child(data: DataView, parent: Box, type: string): Box | null {
  for (const box of children(data, parent)) if (box.type === type) return box;
  return null;
}

/** The boxes inside another; what does not fit into it ends them. */
function* children(data: DataView, parent: Box): Generator<Box> {
  let at = parent.from;
  while (at + 8 <= parent.to) {
    const short = data.getUint32(at);
    const headerBytes = short === 1 ? 16 : 8;
    if (at + headerBytes > parent.to) return;
    const size = short === 1 ? Number(data.getBigUint64(at + 8)) : short === 0 ? parent.to - at : short;
    if (size < headerBytes || at + size > parent.to) return;
    yield { type: typeAt(data, at + 4), from: at + headerBytes, to: at + size };
    at += size;
  }
}

function typeAt(data: DataView, at: number): string {
  return String.fromCharCode(data.getUint8(at), data.getUint8(at + 1), data.getUint8(at + 2), data.getUint8(at + 3));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function wholeOf(data: DataView): Box {
  return { type: "", from: 0, to: data.byteLength };
}
