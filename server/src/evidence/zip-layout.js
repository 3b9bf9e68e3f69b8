// ZIP files (PKWARE's APPNOTE 6.3) whose entries are stored as they are. Everything about such a file follows from names, sizes and
// CRC-32s of its entries: so it can be sent without being made first, from any byte on, and whoever checks it knows every byte of it.

const U16_MAX = 0xffff;
const U32_MAX = 0xffffffff;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const NEEDS_64 = 45;
const NEEDS_PLAIN = 20;
/** Names are UTF-8 (bit 11). */
const FLAGS = 0x0800;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;

/** @typedef {{ readonly name: string, readonly sizeBytes: number, readonly crc32: number }} ZipEntry */
/** Bytes of the ZIP itself, or a whole file. @typedef {{ readonly atBytes: number, readonly bytes: Uint8Array } | { readonly atBytes: number, readonly file: string, readonly sizeBytes: number }} ZipPiece */
/** @typedef {{ readonly sizeBytes: number, read(fromByte: number, toByte: number): Promise<Uint8Array> }} Bytes */

/**
 * All of a ZIP in order.
 * @param {readonly ZipEntry[]} entries @param {number} modifiedMs time of all entries, UTC
 * @returns {{ readonly sizeBytes: number, readonly pieces: readonly ZipPiece[] }}
 */
export function zipLayout(entries, modifiedMs) {
  const stamp = dosTime(modifiedMs);
  /** @type {ZipPiece[]} */
  const pieces = [];
  /** @type {Uint8Array[]} */
  const directory = [];
  let at = 0;
  for (const entry of entries) {
    directory.push(centralHeader(entry, stamp, at));
    const header = localHeader(entry, stamp);
    pieces.push({ atBytes: at, bytes: header });
    at += header.length;
    pieces.push({ atBytes: at, file: entry.name, sizeBytes: entry.sizeBytes });
    at += entry.sizeBytes;
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  const end = joined([...directory, ...endRecords(entries.length, directoryBytes, at)]);
  pieces.push({ atBytes: at, bytes: end });
  return { sizeBytes: at + end.length, pieces };
}

/**
 * What a ZIP holds; throws where it cannot be read, or holds compressed entries.
 * @param {Bytes} zip @returns {Promise<readonly (ZipEntry & { readonly dataAt: number })[]>}
 */
export async function zipEntries(zip) {
  const tail = await zip.read(Math.max(0, zip.sizeBytes - END_BYTES - LOCATOR_BYTES), zip.sizeBytes);
  const view = viewOf(tail);
  const endAt = tail.length - END_BYTES;
  if (endAt < 0 || view.getUint32(endAt, true) !== END) throw new Error("it does not end like a ZIP of Nightjar");
  let directoryAt = view.getUint32(endAt + 16, true);
  let directoryBytes = view.getUint32(endAt + 12, true);
  if (directoryAt === U32_MAX || directoryBytes === U32_MAX) {
    const end64 = viewOf(await zip.read(Number(view.getBigUint64(endAt - LOCATOR_BYTES + 8, true)), zip.sizeBytes));
    directoryBytes = Number(end64.getBigUint64(40, true));
    directoryAt = Number(end64.getBigUint64(48, true));
  }
  if (directoryAt + directoryBytes > zip.sizeBytes) throw new Error("its list of contents lies outside of it");
  return directoryEntries(await zip.read(directoryAt, directoryAt + directoryBytes), zip.sizeBytes);
}

/** @param {Uint8Array} directory @param {number} zipBytes */
function directoryEntries(directory, zipBytes) {
  const view = viewOf(directory);
  const entries = [];
  for (let at = 0; at < directory.length; ) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== CENTRAL)
      throw new Error("its list of contents is damaged");
    if (view.getUint16(at + 10, true) !== 0) throw new Error("it was packed anew: unpack it and verify the folder");
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const name = new TextDecoder("utf-8", { fatal: true }).decode(directory.subarray(at + 46, at + 46 + nameBytes));
    let sizeBytes = view.getUint32(at + 24, true);
    let headerAt = view.getUint32(at + 42, true);
    const isLarge = sizeBytes === U32_MAX || headerAt === U32_MAX;
    if (isLarge) {
      const extraAt = at + 46 + nameBytes;
      sizeBytes = Number(view.getBigUint64(extraAt + 4, true));
      headerAt = Number(view.getBigUint64(extraAt + 20, true));
    }
    const crc32 = view.getUint32(at + 16, true);
    const dataAt = headerAt + localHeader({ name, sizeBytes, crc32 }, dosTime(0)).length;
    if (dataAt + sizeBytes > zipBytes) throw new Error("its list of contents names more than there is");
    entries.push({ name, sizeBytes, crc32, dataAt });
    at += 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
  }
  return entries;
}

/** @param {ZipEntry} entry @param {number} stamp */
function localHeader({ name, sizeBytes, crc32 }, stamp) {
  const large = sizeBytes >= U32_MAX;
  const size = large ? U32_MAX : sizeBytes;
  const extra = large ? [u16(1), u16(16), u64(sizeBytes), u64(sizeBytes)] : [];
  return joined([
    ...[
      u32(LOCAL),
      u16(large ? NEEDS_64 : NEEDS_PLAIN),
      u16(FLAGS),
      u16(0),
      u32(stamp),
      u32(crc32),
      u32(size),
      u32(size),
    ],
    ...[u16(utf8(name).length), u16(large ? 20 : 0), utf8(name), ...extra],
  ]);
}

/** @param {ZipEntry} entry @param {number} stamp @param {number} headerAt */
function centralHeader({ name, sizeBytes, crc32 }, stamp, headerAt) {
  const large = sizeBytes >= U32_MAX || headerAt >= U32_MAX;
  const size = large ? U32_MAX : sizeBytes;
  const needs = u16(large ? NEEDS_64 : NEEDS_PLAIN);
  const extra = large ? [u16(1), u16(24), u64(sizeBytes), u64(sizeBytes), u64(headerAt)] : [];
  return joined([
    ...[u32(CENTRAL), needs, needs, u16(FLAGS), u16(0), u32(stamp), u32(crc32), u32(size), u32(size)],
    ...[u16(utf8(name).length), u16(large ? 28 : 0), u16(0), u16(0), u16(0), u32(0), u32(large ? U32_MAX : headerAt)],
    ...[utf8(name), ...extra],
  ]);
}

/** @param {number} count @param {number} directoryBytes @param {number} directoryAt @returns {Uint8Array[]} */
function endRecords(count, directoryBytes, directoryAt) {
  const large = count >= U16_MAX || directoryAt >= U32_MAX || directoryBytes >= U32_MAX;
  const end64 = [
    ...[u32(END_64), u64(44), u16(NEEDS_64), u16(NEEDS_64), u32(0), u32(0)],
    ...[u64(count), u64(count), u64(directoryBytes), u64(directoryAt)],
    ...[u32(LOCATOR_64), u32(0), u64(directoryAt + directoryBytes), u32(1)],
  ];
  const entries = u16(large ? U16_MAX : count);
  const ends = large ? [u32(U32_MAX), u32(U32_MAX)] : [u32(directoryBytes), u32(directoryAt)];
  return [...(large ? end64 : []), u32(END), u16(0), u16(0), entries, entries, ...ends, u16(0)];
}

/** MS-DOS time and date, in the order in which they stand. @param {number} ms */
function dosTime(ms) {
  const at = new Date(ms);
  const year = Math.max(0, at.getUTCFullYear() - 1980);
  const date = (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}

/** @param {string} text */
function utf8(text) {
  return new TextEncoder().encode(text);
}

/** @param {number} value */
function u16(value) {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);
}

/** @param {number} value */
function u32(value) {
  return joined([u16(value & U16_MAX), u16(value >>> 16)]);
}

/** @param {number} value */
function u64(value) {
  return joined([u32(value % 2 ** 32), u32(Math.floor(value / 2 ** 32))]);
}

/** @param {readonly Uint8Array[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Uint8Array} bytes */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
