import { boxesIn, childrenOf, requireBody, requireChild } from "./box.ts";
import type { StreamInit } from "./fragment-reader.ts";
import { trackId } from "./init-segment.ts";

/**
 * Width ÷ height in which a stream is to be shown, from its track header (ISO/IEC 14496-12, clause 8.3.2): other than the numbers of pixels
 * tell where these are not square. Throws MalformedMedia.
 */
export function shownAspect({ moov, video }: StreamInit): number {
  for (const root of boxesIn(moov, 0, moov.length)) {
    for (const trak of childrenOf(moov, root)) {
      if (trak.type !== "trak") continue;
      const header = requireChild(moov, trak, "tkhd");
      requireBody(header, 84);
      if (trackId(moov, header) !== video.id) continue;
      // 16.16 fixed point, the last fields of the box.
      const [width, height] = [moov.readUInt32BE(header.end - 8), moov.readUInt32BE(header.end - 4)];
      if (width > 0 && height > 0) return width / height;
    }
  }
  return video.width / video.height;
}
