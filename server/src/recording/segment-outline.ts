import { MalformedMedia } from "../media/malformed-media.ts";
import { VarintReader, VarintWriter } from "../media/varint.ts";
import type { SegmentFragment, SegmentIndex } from "./segment-index.ts";

/** Another number for another form: what an earlier version kept is then made anew from the files. */
const VERSION = 1;
/** A longer one, of hours in which every picture is a key frame, is not worth keeping. */
const MAX_BYTES = 64 * 1024;

/**
 * What a playlist must know of a closed segment, in so few bytes that the catalog keeps it: its index with each GOP as one fragment, about
 * five bytes each. null: it would be too long. Decode times never go back in a file.
 */
export function encodeOutline({ codecs, timescale, fragments }: SegmentIndex): Buffer | null {
  const gops = gopsOf(fragments);
  const [first] = gops;
  const out = new VarintWriter();
  out.write(VERSION);
  out.writeText(codecs);
  for (const value of [timescale, first?.decodeTicks ?? 0, first?.offsetBytes ?? 0, first?.sync ? 1 : 0, gops.length])
    out.write(value);
  let beforeTicks = 0;
  for (const { sizeBytes, durationTicks } of gops) {
    out.write(sizeBytes);
    // GOPs of a camera are mostly equally long.
    out.writeSigned(durationTicks - beforeTicks);
    beforeTicks = durationTicks;
  }
  const bytes = out.bytes();
  return bytes.length > MAX_BYTES ? null : bytes;
}

/** The index with each GOP as one fragment; null where this version cannot read it. */
export function decodeOutline(outline: Uint8Array): SegmentIndex | null {
  return parsed(outline, decode);
}

/** How much footage an outline tells of. */
export interface OutlineExtent {
  readonly timescale: number;
  /** From the beginning of the first GOP to the end of the last. */
  readonly durationTicks: number;
}

/** Says, without making an index, whether there is one: null where this version cannot read it, or where it has no footage. */
export function outlineExtent(outline: Uint8Array): OutlineExtent | null {
  return parsed(outline, extent);
}

/**
 * Whether GOPs tell as much of a closed segment that begins at `startMs` as its fragments do: where a span ends inside of it, single
 * fragments count.
 */
export function gopsSuffice({ timescale, durationTicks }: OutlineExtent, startMs: number, endMs: number): boolean {
  return durationTicks < ((endMs - startMs) * timescale) / 1000;
}

function parsed<T>(outline: Uint8Array, parse: (input: VarintReader) => T): T | null {
  try {
    const input = new VarintReader(outline, 0);
    return input.read() === VERSION ? parse(input) : null;
  } catch (error) {
    if (error instanceof MalformedMedia) return null;
    throw error;
  }
}

function extent(input: VarintReader): OutlineExtent | null {
  input.readText();
  const timescale = input.read();
  input.read();
  input.read();
  input.read();
  const count = input.readCount();
  let ofOneTicks = 0;
  let durationTicks = 0;
  for (let left = count; left > 0; left -= 1) {
    input.read();
    ofOneTicks += input.readSigned();
    durationTicks += ofOneTicks;
  }
  return count === 0 ? null : { timescale, durationTicks };
}

function decode(input: VarintReader): SegmentIndex {
  const codecs = input.readText();
  const timescale = input.read();
  let decodeTicks = input.read();
  let offsetBytes = input.read();
  let sync = input.read() === 1;
  const fragments: SegmentFragment[] = [];
  let durationTicks = 0;
  for (let left = input.readCount(); left > 0; left -= 1) {
    const sizeBytes = input.read();
    durationTicks += input.readSigned();
    fragments.push({ offsetBytes, sizeBytes, decodeTicks, durationTicks, sync });
    offsetBytes += sizeBytes;
    decodeTicks += durationTicks;
    sync = true;
  }
  return { codecs, timescale, fragments };
}

/** Each GOP as one fragment; what stands ahead of the first sync sample is one too. */
function gopsOf(fragments: readonly SegmentFragment[]): SegmentFragment[] {
  const gops: SegmentFragment[] = [];
  for (const fragment of fragments) {
    const gop = gops.at(-1);
    if (gop === undefined || fragment.sync) gops.push(fragment);
    else gops[gops.length - 1] = joined(gop, fragment);
  }
  return gops.map((gop, i) => {
    const next = gops[i + 1];
    return next === undefined ? gop : { ...gop, durationTicks: next.decodeTicks - gop.decodeTicks };
  });
}

function joined(gop: SegmentFragment, { offsetBytes, sizeBytes, decodeTicks, durationTicks }: SegmentFragment) {
  return {
    ...gop,
    sizeBytes: offsetBytes + sizeBytes - gop.offsetBytes,
    durationTicks: decodeTicks + durationTicks - gop.decodeTicks,
  };
}
