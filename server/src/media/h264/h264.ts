import { MalformedMedia } from "../malformed-media.ts";
import type { NalCodec, NalConfig, ParameterSet, SequenceSet } from "../nal-codec.ts";
import { pictureSetOfSlice, readPictureSet, readSequenceSet } from "./parameter-sets.ts";

// Types of NAL units (ISO/IEC 14496-10, table 7-1).
const LAST_SLICE = 5;
const SEQUENCE_SET = 7;
const PICTURE_SET = 8;

const MAX_SEQUENCE_SETS = 31;
const MAX_PICTURE_SETS = 255;
/** Baseline, Main and Extended: their configuration ends behind the sets (ISO/IEC 14496-15, clause 5.3.3.1.2). */
const WITHOUT_CHROMA_FORMAT: ReadonlySet<number> = new Set([66, 77, 88]);

/** H.264 in MP4. */
export const H264: NalCodec = {
  configBox: "avcC",
  classOf(first) {
    const type = first & 0x1f;
    if (type === SEQUENCE_SET || type === PICTURE_SET) return "set";
    return type >= 1 && type <= LAST_SLICE ? "slice" : "other";
  },
  readConfig,
  readSet: (nal) => (((nal[0] ?? 0) & 0x1f) === SEQUENCE_SET ? readSequenceSet(nal) : readPictureSet(nal)),
  pictureSetOf: pictureSetOfSlice,
  writeConfig,
};

/** `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15, clause 5.3.3.1.2). */
function readConfig(config: Buffer): NalConfig {
  const sets: Buffer[] = [];
  let at = 5;
  const byte = (): number => {
    const value = config[at];
    if (value === undefined) throw new MalformedMedia("avcC is too short");
    at += 1;
    return value;
  };
  const readSets = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      const length = byte() * 256 + byte();
      if (at + length > config.length) throw new MalformedMedia("avcC is too short for its sets");
      sets.push(config.subarray(at, at + length));
      at += length;
    }
  };
  readSets(byte() & 0x1f);
  readSets(byte());
  return { lengthBytes: lengthBytesOf(config[4] ?? 0), sets };
}

function lengthBytesOf(field: number): number {
  return (field & 3) + 1;
}

function writeConfig(before: Buffer, sets: readonly ParameterSet[], active: SequenceSet): Buffer {
  const others = sets.filter((set) => set.kind === "sps" && set.id !== active.id);
  const sequence = [active, ...others];
  const picture = sets.filter((set) => set.kind === "pps");
  if (sequence.length > MAX_SEQUENCE_SETS || picture.length > MAX_PICTURE_SETS)
    throw new MalformedMedia("more parameter sets than avcC can hold");
  const [profile = 0, compatibility = 0, level = 0] = active.nal.subarray(1, 4);
  const { chromaFormat, lumaBits, chromaBits } = active.picture;
  const extension = [0xfc | chromaFormat, 0xf8 | (lumaBits - 8), 0xf8 | (chromaBits - 8), 0];
  return Buffer.concat([
    Buffer.from([1, profile, compatibility, level, 0xfc | ((before[4] ?? 0) & 3), 0xe0 | sequence.length]),
    ...sequence.map(withLength),
    Buffer.from([picture.length]),
    ...picture.map(withLength),
    Buffer.from(WITHOUT_CHROMA_FORMAT.has(profile) ? [] : extension),
  ]);
}

function withLength({ nal }: ParameterSet): Buffer {
  return Buffer.concat([Buffer.from([nal.length >> 8, nal.length & 0xff]), nal]);
}
