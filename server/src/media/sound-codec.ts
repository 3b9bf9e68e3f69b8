import { codecString } from "./codec-string.ts";
import type { InitTrack } from "./isobmff/init-segment.ts";

/** Sounds that can be in MP4 and that not every browser's Media Source Extensions take: they must be converted to be played there. */
const CONVERTED: ReadonlySet<string> = new Set(["mp4a.69", "mp4a.6B", "ac-3", "ec-3", "alac"]);

/** Whether browsers play a segment as it is, as far as its sound is concerned. `codecs`: RFC 6381 names, comma-separated. */
export function soundPlaysAsItIs(codecs: string): boolean {
  return !codecs.split(",").some((codec) => CONVERTED.has(codec));
}

/** How many samples every packet of an audio track decodes to; null for codecs that need no conversion. */
export function packetSamples(track: InitTrack): number | null {
  switch (codecString(track)) {
    // MPEG-1 and MPEG-2 layer III (ISO/IEC 11172-3, 2.4.2.1; 13818-3, 2.4.2.1): two granules of 576, and one.
    case "mp4a.6B":
      return 1152;
    case "mp4a.69":
      return 576;
    // Six blocks of 256 (ETSI TS 102 366, 4.1 and E.1.3.1.4; MP4 holds E-AC-3 by six blocks, F.6.2.2).
    case "ac-3":
    case "ec-3":
      return 1536;
    // `frameLength`, the first field behind version and flags.
    case "alac":
      return track.decoderConfig.length < 8 ? null : track.decoderConfig.readUInt32BE(4);
    default:
      return null;
  }
}
