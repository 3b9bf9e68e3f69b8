import { MalformedMedia } from "../malformed-media.ts";
import type { NalCodec, NalConfig, ParameterSet, SequenceSet } from "../nal-codec.ts";
import {
  pictureSetOfSlice,
  readPictureSet,
  readSequenceHead,
  readSequenceSet,
  readVideoSet,
} from "./parameter-sets.ts";

// Types of NAL units (ISO/IEC 23008-2, table 7-1).
const LAST_SLICE = 31;
const VIDEO_SET = 32;
const SEQUENCE_SET = 33;
const PICTURE_SET = 34;

/** Ahead of the arrays of sets. */
const CONFIG_HEAD_BYTES = 23;
const ARRAY_COMPLETE = 0x80;

/** H.265 in MP4. */
export const H265: NalCodec = {
  configBox: "hvcC",
  classOf(first, second) {
    const layer = ((first & 1) << 5) | (second >> 3);
    // Of further layers (a second view, a finer picture) nothing is shown.
    if (layer !== 0) return "other";
    const type = typeOf(first);
    if (type <= LAST_SLICE) return "slice";
    return type <= PICTURE_SET ? "set" : "other";
  },
  readConfig,
  readSet(nal) {
    const type = typeOf(nal[0] ?? 0);
    if (type === VIDEO_SET) return readVideoSet(nal);
    return type === SEQUENCE_SET ? readSequenceSet(nal) : readPictureSet(nal);
  },
  pictureSetOf: pictureSetOfSlice,
  writeConfig,
};

function typeOf(first: number): number {
  return (first >> 1) & 0x3f;
}

/** `HEVCDecoderConfigurationRecord` (ISO/IEC 14496-15, clause 8.3.3.1.2). */
function readConfig(config: Buffer): NalConfig {
  const sets: Buffer[] = [];
  let at = CONFIG_HEAD_BYTES - 1;
  const byte = (): number => {
    const value = config[at];
    if (value === undefined) throw new MalformedMedia("hvcC is too short");
    at += 1;
    return value;
  };
  for (let arrays = byte(); arrays > 0; arrays -= 1) {
    const type = byte() & 0x3f;
    for (let left = byte() * 256 + byte(); left > 0; left -= 1) {
      const length = byte() * 256 + byte();
      if (at + length > config.length) throw new MalformedMedia("hvcC is too short for its sets");
      if (type >= VIDEO_SET && type <= PICTURE_SET) sets.push(config.subarray(at, at + length));
      at += length;
    }
  }
  return { lengthBytes: ((config[CONFIG_HEAD_BYTES - 2] ?? 0) & 3) + 1, sets };
}

function writeConfig(before: Buffer, sets: readonly ParameterSet[], active: SequenceSet): Buffer {
  const others = sets.filter((set) => set.kind === "sps" && set.id !== active.id);
  const arrays = [
    { type: VIDEO_SET, sets: sets.filter((set) => set.kind === "vps") },
    { type: SEQUENCE_SET, sets: [active, ...others] },
    { type: PICTURE_SET, sets: sets.filter((set) => set.kind === "pps") },
  ];
  const { profileTierLevel, temporalLayers, temporalIdNesting } = readSequenceHead(active.nal);
  const { chromaFormat, lumaBits, chromaBits } = active.picture;
  const lengthField = (before[CONFIG_HEAD_BYTES - 2] ?? 0) & 3;
  // Whether sets may also stand in the samples is what the sample entry's name says, and that stays.
  const complete = (before[CONFIG_HEAD_BYTES] ?? 0) & ARRAY_COMPLETE;
  return Buffer.concat([
    Buffer.from([1]),
    profileTierLevel,
    // Spatial segmentation and parallelism are not said; neither is the frame rate.
    Buffer.from([0xf0, 0, 0xfc, 0xfc | chromaFormat, 0xf8 | (lumaBits - 8), 0xf8 | (chromaBits - 8), 0, 0]),
    Buffer.from([(temporalLayers << 3) | (temporalIdNesting ? 4 : 0) | lengthField, arrays.length]),
    ...arrays.flatMap((array) => [
      Buffer.from([complete | array.type, array.sets.length >> 8, array.sets.length & 0xff]),
      ...array.sets.flatMap(({ nal }) => [Buffer.from([nal.length >> 8, nal.length & 0xff]), nal]),
    ]),
  ]);
}
