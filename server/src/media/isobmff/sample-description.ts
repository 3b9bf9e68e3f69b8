import { MalformedMedia } from "../malformed-media.ts";
import type { Picture } from "../nal-codec.ts";
import { type BoxSpan, boxBytes, boxesIn, childrenOf, requireBody, u32, writeBox, writeFullBox } from "./box.ts";
import { firstSampleEntry, trackId, VISUAL_ENTRY_BYTES } from "./init-segment.ts";

/** How a video track's pictures are described to players. */
export interface VideoDescription extends Pick<Picture, "width" | "height" | "pixelAspect"> {
  readonly configBox: "avcC" | "hvcC";
  /** Body of that box. */
  readonly config: Buffer;
}

/**
 * The `moov` with one of its video tracks described anew: `tkhd` and the sample entry (ISO/IEC 14496-12, clauses 8.3.2 and 12.1.3).
 * Everything else stays. Throws MalformedMedia.
 */
export function describedAnew(moov: Buffer, id: number, description: VideoDescription): Buffer {
  return withTrack(moov, id, {
    tkhd: (box) => trackHeader(moov, box, description),
    stsd: (box) => sampleDescription(moov, box, description),
  });
}

/** The `moov` with one of its tracks described by another sample entry (clauses 12.1.3, 12.2.3). Everything else stays. Throws MalformedMedia. */
export function withSampleEntry(moov: Buffer, id: number, entry: Buffer): Buffer {
  return withTrack(moov, id, {
    tkhd: (box) => boxBytes(moov, box),
    stsd: () => writeFullBox("stsd", 0, 0, u32(1), entry),
  });
}

type Rewriting = Readonly<Record<"tkhd" | "stsd", (box: BoxSpan) => Buffer>>;

function withTrack(moov: Buffer, id: number, rewriting: Rewriting): Buffer {
  const [root] = boxesIn(moov, 0, moov.length);
  if (root === undefined) throw new MalformedMedia("not a moov box");
  return rebuilt(moov, root, (trak) => {
    if (trak.type !== "trak") return boxBytes(moov, trak);
    const header = childrenOf(moov, trak).find((child) => child.type === "tkhd");
    if (header === undefined || trackId(moov, header) !== id) return boxBytes(moov, trak);
    return rebuilt(moov, trak, (child) => {
      if (child.type === "tkhd") return rewriting.tkhd(child);
      return child.type === "mdia"
        ? replaced(moov, child, ["minf", "stbl", "stsd"], rewriting.stsd)
        : boxBytes(moov, child);
    });
  });
}

function rebuilt(moov: Buffer, parent: BoxSpan, each: (child: BoxSpan) => Buffer): Buffer {
  return writeBox(parent.type, ...childrenOf(moov, parent).map(each));
}

function replaced(moov: Buffer, box: BoxSpan, path: readonly string[], write: (box: BoxSpan) => Buffer): Buffer {
  const [next, ...rest] = path;
  if (next === undefined) return write(box);
  return rebuilt(moov, box, (child) =>
    child.type === next ? replaced(moov, child, rest, write) : boxBytes(moov, child),
  );
}

/** Where the 16.16 `width` of `tkhd` stands in its body, in versions 0 and 1. */
const SHOWN_WIDTH_AT = { v0: 76, v1: 88 };

function trackHeader(moov: Buffer, tkhd: BoxSpan, { width, height, pixelAspect }: VideoDescription): Buffer {
  const at = moov[tkhd.bodyStart] === 1 ? SHOWN_WIDTH_AT.v1 : SHOWN_WIDTH_AT.v0;
  requireBody(tkhd, at + 8);
  const copy = Buffer.from(boxBytes(moov, tkhd));
  const widthAt = tkhd.bodyStart - tkhd.start + at;
  // As it is to be shown, with square pixels.
  const shown = pixelAspect === null ? width : (width * pixelAspect.width) / pixelAspect.height;
  copy.writeUInt32BE(Math.min(0xffffffff, Math.round(shown * 0x10000)), widthAt);
  copy.writeUInt32BE(height * 0x10000, widthAt + 4);
  return copy;
}

/**
 * What else stood in the sample entry (colour, bit rate, shape of the pixels) told of the pictures before. Where these have an odd shape it
 * is said again; the rest is in the parameter sets.
 */
function sampleDescription(moov: Buffer, stsd: BoxSpan, description: VideoDescription): Buffer {
  const entry = firstSampleEntry(moov, stsd);
  requireBody(entry, VISUAL_ENTRY_BYTES);
  const fields = Buffer.from(moov.subarray(entry.bodyStart, entry.bodyStart + VISUAL_ENTRY_BYTES));
  fields.writeUInt16BE(description.width, 24);
  fields.writeUInt16BE(description.height, 26);
  const { configBox, config, pixelAspect } = description;
  const aspect = pixelAspect === null ? [] : [writeBox("pasp", u32(pixelAspect.width, pixelAspect.height))];
  return writeFullBox("stsd", 0, 0, u32(1), writeBox(entry.type, fields, writeBox(configBox, config), ...aspect));
}
