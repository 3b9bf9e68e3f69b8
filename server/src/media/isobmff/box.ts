import { MalformedMedia } from "../malformed-media.ts";

// ISO/IEC 14496-12, clause 4.2: a box is a 32-bit size, a four-character type, and a body; size 1 means that a 64-bit size follows the type.

const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;

/** Boxes that come several times a second: to make a text of four bytes takes longer than the rest of a header. */
const USUAL_TYPES: ReadonlyMap<number, string> = new Map(
  ["moof", "mfhd", "traf", "tfhd", "tfdt", "trun", "mdat"].map((type) => [Buffer.from(type).readUInt32BE(), type]),
);

/** A box inside a buffer: offsets from the buffer's start. */
export interface BoxSpan {
  readonly type: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

export interface BoxHeader {
  readonly type: string;
  readonly headerBytes: number;
  /** Whole box, header included. */
  readonly sizeBytes: number;
}

/** Reads the header at `at`; null when the buffer ends before the header does. Throws MalformedMedia on an impossible size. */
export function readBoxHeader(bytes: Buffer, at: number): BoxHeader | null {
  if (bytes.length - at < HEADER_BYTES) return null;
  const size = bytes.readUInt32BE(at);
  const type = USUAL_TYPES.get(bytes.readUInt32BE(at + 4)) ?? bytes.toString("latin1", at + 4, at + 8);
  if (size !== 1) {
    if (size < HEADER_BYTES) throw new MalformedMedia(`box ${printable(type)} says its size is ${size}`);
    return { type, headerBytes: HEADER_BYTES, sizeBytes: size };
  }
  if (bytes.length - at < LARGE_HEADER_BYTES) return null;
  const large = bytes.readBigUInt64BE(at + 8);
  if (large < LARGE_HEADER_BYTES || large > Number.MAX_SAFE_INTEGER) {
    throw new MalformedMedia(`box ${printable(type)} says its size is ${large}`);
  }
  return { type, headerBytes: LARGE_HEADER_BYTES, sizeBytes: Number(large) };
}

/** The boxes that fill `[start, end)`. Throws MalformedMedia when one reaches beyond `end` or the rest is too short for a header. */
export function boxesIn(bytes: Buffer, start: number, end: number): BoxSpan[] {
  if (end > bytes.length) throw new MalformedMedia("a box reaches beyond its container");
  const found: BoxSpan[] = [];
  let at = start;
  while (at < end) {
    const header = readBoxHeader(bytes, at);
    if (header === null || at + header.sizeBytes > end) throw new MalformedMedia("a box reaches beyond its container");
    found.push({ type: header.type, start: at, bodyStart: at + header.headerBytes, end: at + header.sizeBytes });
    at += header.sizeBytes;
  }
  return found;
}

export function childrenOf(bytes: Buffer, parent: BoxSpan): BoxSpan[] {
  return boxesIn(bytes, parent.bodyStart, parent.end);
}

/** The first child of a type; throws MalformedMedia when there is none. */
export function requireChild(bytes: Buffer, parent: BoxSpan, type: string): BoxSpan {
  const child = findChild(bytes, parent, type);
  if (child === undefined) throw new MalformedMedia(`${printable(parent.type)} has no ${type}`);
  return child;
}

export function findChild(bytes: Buffer, parent: BoxSpan, type: string): BoxSpan | undefined {
  return childrenOf(bytes, parent).find((child) => child.type === type);
}

/** Descends by types: `requirePath(moov, box, "mdia", "minf")`. */
export function requirePath(bytes: Buffer, from: BoxSpan, ...types: readonly string[]): BoxSpan {
  return types.reduce((box, type) => requireChild(bytes, box, type), from);
}

/** The whole box, header included; a view, not a copy. */
export function boxBytes(bytes: Buffer, box: BoxSpan): Buffer {
  return bytes.subarray(box.start, box.end);
}

/** Throws MalformedMedia unless the body holds at least `count` bytes. */
export function requireBody(box: BoxSpan, count: number): void {
  if (box.end - box.bodyStart < count) throw new MalformedMedia(`${printable(box.type)} is too short`);
}

/** A box written: header and the parts as its body. */
export function writeBox(type: string, ...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, HEADER_BYTES);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(size, 0);
  header.write(type, 4, "latin1");
  return Buffer.concat([header, ...parts], size);
}

/** A FullBox (clause 4.2): version and 24 bits of flags ahead of the body. */
export function writeFullBox(type: string, version: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  return writeBox(type, u32(((version << 24) | flags) >>> 0), ...parts);
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

export function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), index * 8);
  return bytes;
}

/** A 64-bit field as a number; throws MalformedMedia beyond 2^53. */
export function readU64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64BE(at);
  if (value > Number.MAX_SAFE_INTEGER) throw new MalformedMedia(`a 64-bit field holds ${value}`);
  return Number(value);
}

function printable(type: string): string {
  return JSON.stringify(type);
}
