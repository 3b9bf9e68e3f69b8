import { boxBytes, boxesIn, childrenOf, u64, writeBox } from "../media/isobmff/box.ts";

// The layout of a segment file.
//
//   open     ftyp │ free (16 bytes) │ moov │ moof mdat moof mdat …
//   closed   ftyp │ mdat (16-byte header) [ moov moof mdat moof mdat … ] │ moov │ uuid (fragment index)
//
// Open, it is a valid fragmented MP4. To close it, the final `moov` and the index are appended, and then the 16 bytes of `free` are
// overwritten with the header of one `mdat` that spans the first `moov` and all fragments: an ordinary MP4 in which every fragment still
// lies where it was. Nothing between the 16 bytes and the end of the last fragment is ever changed by closing: that is the payload.

export const SPAN_HEADER_BYTES = 16;

/** What an open file begins with: `ftyp`, the room for the `mdat` header, the first `moov`. */
export function openHead(ftyp: Buffer, moov: Buffer): Buffer {
  return Buffer.concat([ftyp, writeBox("free", Buffer.alloc(SPAN_HEADER_BYTES - 8)), moov]);
}

/** The 16 bytes that turn the payload into one `mdat`; `payloadBytes` does not count them. */
export function spanHeader(payloadBytes: number): Buffer {
  const header = Buffer.alloc(SPAN_HEADER_BYTES);
  header.writeUInt32BE(1, 0);
  header.write("mdat", 4, "latin1");
  u64(SPAN_HEADER_BYTES + payloadBytes).copy(header, 8);
  return header;
}

/** A `moov` with `udta` put in place of its own. */
export function withUdta(moov: Buffer, udta: Buffer): Buffer {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined) return moov;
  const kept = childrenOf(moov, root).filter((child) => child.type !== "udta");
  return writeBox("moov", ...kept.map((child) => boxBytes(moov, child)), udta);
}
