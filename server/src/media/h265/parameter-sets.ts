import { BitReader, payloadOf } from "../bit-reader.ts";
import { MalformedMedia } from "../malformed-media.ts";
import type { ParameterSet, Picture, SequenceSet } from "../nal-codec.ts";

const HEADER_BYTES = 2;
const MAX_SEQUENCE_ID = 15;
const MAX_PICTURE_ID = 63;
/** No level allows more (ISO/IEC 23008-2, annex A.4). */
const MAX_PIXELS = 16_888;
// Of `profile_tier_level` (clause 7.3.3).
const PROFILE_BITS = 88;
const LEVEL_BITS = 8;

/** Sequence parameter set (ISO/IEC 23008-2, clause 7.3.2.2.1) as far as the bit depths. Throws MalformedMedia. */
export function readSequenceSet(nal: Buffer): SequenceSet {
  const reader = new BitReader(payloadOf(nal, HEADER_BYTES));
  reader.skip(4); // sps_video_parameter_set_id
  const subLayers = reader.bits(3);
  reader.skip(1); // sps_temporal_id_nesting_flag
  skipProfileTierLevel(reader, subLayers);
  const id = reader.unsigned(MAX_SEQUENCE_ID);
  const chromaFormat = reader.unsigned(3);
  const separate = chromaFormat === 3 && reader.flag();
  const size = readSize(reader, separate ? 0 : chromaFormat);
  const lumaBits = 8 + reader.unsigned(8);
  const chromaBits = 8 + reader.unsigned(8);
  return { kind: "sps", id, nal, picture: { ...size, pixelAspect: null, chromaFormat, lumaBits, chromaBits } };
}

/** What `hvcC` repeats of a sequence parameter set, as it stands there. */
export interface SequenceHead {
  /** Space, tier, profile, compatibility and constraint flags, level: 12 bytes. */
  readonly profileTierLevel: Buffer;
  readonly temporalLayers: number;
  readonly temporalIdNesting: boolean;
}

/** Throws MalformedMedia. */
export function readSequenceHead(nal: Buffer): SequenceHead {
  const payload = payloadOf(nal, HEADER_BYTES);
  const first = payload[0];
  if (first === undefined || payload.length < 13) throw new MalformedMedia("a parameter set ends too early");
  return {
    profileTierLevel: payload.subarray(1, 13),
    temporalLayers: ((first >> 1) & 7) + 1,
    temporalIdNesting: (first & 1) === 1,
  };
}

/** The id of a video parameter set (clause 7.3.2.1). Throws MalformedMedia. */
export function readVideoSet(nal: Buffer): ParameterSet {
  return { kind: "vps", id: new BitReader(payloadOf(nal, HEADER_BYTES)).bits(4), nal };
}

/** The ids of a picture parameter set (clause 7.3.2.3.1). Throws MalformedMedia. */
export function readPictureSet(nal: Buffer): ParameterSet {
  const reader = new BitReader(payloadOf(nal, HEADER_BYTES));
  const id = reader.unsigned(MAX_PICTURE_ID);
  return { kind: "pps", id, nal, sequenceId: reader.unsigned(MAX_SEQUENCE_ID) };
}

// Slices of pictures where decoding can begin (table 7-1: BLA_W_LP to RSV_IRAP_VCL23).
const FIRST_RANDOM_ACCESS = 16;
const LAST_RANDOM_ACCESS = 23;

/** `slice_pic_parameter_set_id` of a slice segment header (clause 7.3.6.1). Throws MalformedMedia. */
export function pictureSetOfSlice(head: Buffer): number {
  const type = ((head[0] ?? 0) >> 1) & 0x3f;
  const reader = new BitReader(payloadOf(head, HEADER_BYTES));
  reader.skip(1); // first_slice_segment_in_pic_flag
  if (type >= FIRST_RANDOM_ACCESS && type <= LAST_RANDOM_ACCESS) reader.skip(1); // no_output_of_prior_pics_flag
  return reader.unsigned(MAX_PICTURE_ID);
}

function skipProfileTierLevel(reader: BitReader, subLayers: number): void {
  reader.skip(PROFILE_BITS + LEVEL_BITS);
  if (subLayers === 0) return;
  const present = Array.from({ length: 8 }, () => ({ profile: reader.flag(), level: reader.flag() }));
  for (const { profile, level } of present.slice(0, subLayers))
    reader.skip((profile ? PROFILE_BITS : 0) + (level ? LEVEL_BITS : 0));
}

function readSize(reader: BitReader, arrayType: number): Pick<Picture, "width" | "height"> {
  const codedWidth = reader.unsigned(MAX_PIXELS);
  const codedHeight = reader.unsigned(MAX_PIXELS);
  const window = reader.flag() ? [0, 0, 0, 0].map(() => reader.unsigned(MAX_PIXELS)) : [];
  const [left = 0, right = 0, top = 0, bottom = 0] = window;
  const width = codedWidth - (left + right) * (arrayType === 1 || arrayType === 2 ? 2 : 1);
  const height = codedHeight - (top + bottom) * (arrayType === 1 ? 2 : 1);
  if (width <= 0 || height <= 0) throw new MalformedMedia(`a picture of ${width}x${height}`);
  return { width, height };
}
