import type { InitTrack } from "./isobmff/init-segment.ts";

/** RFC 6381 name of a track's codec as Media Source Extensions want it, e.g. `avc1.42c01f`, `hvc1.1.6.L93.B0`, `mp4a.40.2`. */
export function codecString(track: InitTrack): string {
  switch (track.sampleEntry) {
    case "avc1":
    case "avc3":
      return `${track.sampleEntry}.${track.decoderConfig.subarray(1, 4).toString("hex")}`;
    case "hvc1":
    case "hev1":
      return hevcString(track);
    case "mp4a":
      return "mp4a.40.2";
    case "Opus":
      return "opus";
    default:
      return track.sampleEntry;
  }
}

/** ISO/IEC 14496-15, annex E.3, from the `HEVCDecoderConfigurationRecord` (clause 8.3.3.1). */
function hevcString(track: InitTrack): string {
  const config = track.decoderConfig;
  if (config.length < 13) return track.sampleEntry;
  const profileByte = config.readUInt8(1);
  const space = ["", "A", "B", "C"][profileByte >> 6] ?? "";
  const tier = (profileByte & 0x20) === 0 ? "L" : "H";
  const compatibility = reverseBits(config.readUInt32BE(2)).toString(16);
  const constraints = [...config.subarray(6, 12)];
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop();
  const suffix = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`).join("");
  return `${track.sampleEntry}.${space}${profileByte & 0x1f}.${compatibility}.${tier}${config.readUInt8(12)}${suffix}`;
}

function reverseBits(value: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit += 1) result = ((result << 1) | ((value >>> bit) & 1)) >>> 0;
  return result;
}
