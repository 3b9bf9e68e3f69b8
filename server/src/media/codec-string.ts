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
      return `mp4a.${MPEG_AUDIO[objectType(track.decoderConfig)] ?? "40.2"}`;
    case "Opus":
      return "opus";
    default:
      return track.sampleEntry;
  }
}

/** MP3 in MP4: MPEG-1 and MPEG-2 audio (the registry of object types); everything else in `mp4a` here is AAC-LC. */
const MPEG_AUDIO: Readonly<Record<number, string>> = { 105: "69", 107: "6B" };

const DECODER_CONFIG_TAG = 0x04;

/** `objectTypeIndication` of the DecoderConfigDescriptor in an `esds` (ISO/IEC 14496-1, clause 7.2.6.6); 0 when there is none. */
function objectType(esds: Buffer): number {
  // Version and flags, then descriptors: a tag, a length of one to four bytes, the body.
  let at = 4;
  const skipLength = (): void => {
    while (((esds[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
  };
  at += 1;
  skipLength();
  at += 3;
  if (esds[at] !== DECODER_CONFIG_TAG) return 0;
  at += 1;
  skipLength();
  return esds[at] ?? 0;
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
