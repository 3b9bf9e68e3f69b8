import { BitReader, payloadOf } from "../bit-reader.ts";
import { MalformedMedia } from "../malformed-media.ts";
import type { ParameterSet, Picture, SequenceSet } from "../nal-codec.ts";

const MAX_SEQUENCE_ID = 31;
const MAX_PICTURE_ID = 255;
/** No level allows more (ISO/IEC 14496-10, annex A.3). */
const MAX_MACROBLOCKS_ACROSS = 1056;
const MAX_PIXELS = MAX_MACROBLOCKS_ACROSS * 16;
/** Profiles whose sets say their chroma format; all others are 4:2:0 of 8 bits (clause 7.3.2.1.1). */
const WITH_CHROMA_FORMAT: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Sequence parameter set (ISO/IEC 14496-10, clause 7.3.2.1.1) as far as the picture's shape. Throws MalformedMedia. */
export function readSequenceSet(nal: Buffer): SequenceSet {
  const reader = new BitReader(payloadOf(nal, 1));
  const profile = reader.bits(8);
  reader.skip(16); // constraint flags and level: `avcC` takes them as they are
  const id = reader.unsigned(MAX_SEQUENCE_ID);
  const chroma = WITH_CHROMA_FORMAT.has(profile) ? readChroma(reader) : EIGHT_BIT_420;
  reader.unsigned(12); // log2_max_frame_num_minus4
  skipPictureOrder(reader);
  reader.unsigned(0xffff); // max_num_ref_frames
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const size = readSize(reader, chroma.arrayType);
  const pixelAspect = reader.flag() ? readPixelAspect(reader) : null;
  const { chromaFormat, lumaBits, chromaBits } = chroma;
  return { kind: "sps", id, nal, picture: { ...size, pixelAspect, chromaFormat, lumaBits, chromaBits } };
}

/** The ids of a picture parameter set (clause 7.3.2.2). Throws MalformedMedia. */
export function readPictureSet(nal: Buffer): ParameterSet {
  const reader = new BitReader(payloadOf(nal, 1));
  const id = reader.unsigned(MAX_PICTURE_ID);
  return { kind: "pps", id, nal, sequenceId: reader.unsigned(MAX_SEQUENCE_ID) };
}

/** `pic_parameter_set_id` of a slice header (clause 7.3.3). Throws MalformedMedia. */
export function pictureSetOfSlice(head: Buffer): number {
  const reader = new BitReader(payloadOf(head, 1));
  reader.unsigned(0xffffffff); // first_mb_in_slice
  reader.unsigned(9); // slice_type
  return reader.unsigned(MAX_PICTURE_ID);
}

interface Chroma extends Pick<Picture, "chromaFormat" | "lumaBits" | "chromaBits"> {
  /** `ChromaArrayType`: 0 also where the three colours are coded as three pictures. */
  readonly arrayType: number;
}

const EIGHT_BIT_420: Chroma = { chromaFormat: 1, lumaBits: 8, chromaBits: 8, arrayType: 1 };

function readChroma(reader: BitReader): Chroma {
  const chromaFormat = reader.unsigned(3);
  const separate = chromaFormat === 3 && reader.flag();
  const lumaBits = 8 + reader.unsigned(6);
  const chromaBits = 8 + reader.unsigned(6);
  reader.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list += 1) {
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return { chromaFormat, lumaBits, chromaBits, arrayType: separate ? 0 : chromaFormat };
}

/** Clause 7.3.2.1.1.1: a list ends where its next scale is 0. */
function skipScalingList(reader: BitReader, size: number): void {
  let scale = 8;
  for (let index = 0; index < size; index += 1) {
    scale = (scale + reader.signed()) & 0xff;
    if (scale === 0) return;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned(2);
  if (type === 0) reader.unsigned(12); // log2_max_pic_order_cnt_lsb_minus4
  if (type !== 1) return;
  reader.skip(1); // delta_pic_order_always_zero_flag
  reader.signed();
  reader.signed();
  for (let left = reader.unsigned(255); left > 0; left -= 1) reader.signed();
}

function readSize(reader: BitReader, arrayType: number): { width: number; height: number } {
  const across = reader.unsigned(MAX_MACROBLOCKS_ACROSS - 1) + 1;
  const down = reader.unsigned(MAX_MACROBLOCKS_ACROSS - 1) + 1;
  const frameOnly = reader.flag();
  if (!frameOnly) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  const fields = frameOnly ? 1 : 2;
  const crop = reader.flag() ? [0, 0, 0, 0].map(() => reader.unsigned(MAX_PIXELS)) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitAcross = arrayType === 1 || arrayType === 2 ? 2 : 1;
  const unitDown = (arrayType === 1 ? 2 : 1) * fields;
  const width = across * 16 - (left + right) * unitAcross;
  const height = down * 16 * fields - (top + bottom) * unitDown;
  if (width <= 0 || height <= 0 || height > MAX_PIXELS) throw new MalformedMedia(`a picture of ${width}x${height}`);
  return { width, height };
}

const OTHER_ASPECT = 255;
/** Table E-1: from `aspect_ratio_idc` 1 on. */
const ASPECTS: readonly (readonly [number, number])[] = [
  ...([
    [1, 1],
    [12, 11],
    [10, 11],
    [16, 11],
    [40, 33],
    [24, 11],
    [20, 11],
    [32, 11],
  ] as const),
  ...([
    [80, 33],
    [18, 11],
    [15, 11],
    [64, 33],
    [160, 99],
    [4, 3],
    [3, 2],
    [2, 1],
  ] as const),
];

/** The head of the VUI (annex E.1.1). */
function readPixelAspect(reader: BitReader): Picture["pixelAspect"] {
  if (!reader.flag()) return null;
  const code = reader.bits(8);
  const [width, height] = code === OTHER_ASPECT ? [reader.bits(16), reader.bits(16)] : (ASPECTS[code - 1] ?? [0, 0]);
  return width === 0 || height === 0 ? null : { width, height };
}
