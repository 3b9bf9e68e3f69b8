/** What a picture is like, read from a sequence parameter set. */
export interface Picture {
  /** Pixels that are shown: cropping taken off. */
  readonly width: number;
  readonly height: number;
  /** Shape of a pixel, width to height; null where the set does not say. */
  readonly pixelAspect: { readonly width: number; readonly height: number } | null;
  /** `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly lumaBits: number;
  readonly chromaBits: number;
}

interface AnyParameterSet {
  readonly id: number;
  /** The NAL unit, header included, without trailing zeros. */
  readonly nal: Buffer;
}

export interface SequenceSet extends AnyParameterSet {
  readonly kind: "sps";
  readonly picture: Picture;
}

export type ParameterSet =
  | SequenceSet
  | (AnyParameterSet & { readonly kind: "vps" })
  | (AnyParameterSet & { readonly kind: "pps"; readonly sequenceId: number });

/** What a decoder configuration box holds. */
export interface NalConfig {
  /** Bytes of the length that stands ahead of each NAL unit in a sample. */
  readonly lengthBytes: number;
  /** NAL units of the parameter sets. */
  readonly sets: readonly Buffer[];
}

/** What differs between H.264 and H.265 in the carriage of parameter sets (ISO/IEC 14496-15). */
export interface NalCodec {
  readonly configBox: "avcC" | "hvcC";
  /** What a NAL unit is, by the first two bytes of its header. */
  classOf(first: number, second: number): "set" | "slice" | "other";
  /** Reads the body of the configuration box. Throws MalformedMedia. */
  readConfig(config: Buffer): NalConfig;
  /** Reads a NAL unit that `classOf` calls a set. Throws MalformedMedia. */
  readSet(nal: Buffer): ParameterSet;
  /** Which picture parameter set a slice names; `head` are its first bytes. Throws MalformedMedia. */
  pictureSetOf(head: Buffer): number;
  /** The body of a configuration box like `before` with other sets, those of `active` first. Throws MalformedMedia when they do not fit. */
  writeConfig(before: Buffer, sets: readonly ParameterSet[], active: SequenceSet): Buffer;
}

/** A NAL unit never ends with a zero (ISO/IEC 14496-10, clause 7.4.1): what stands there is padding between start codes. */
export function withoutPadding(nal: Buffer): Buffer {
  let end = nal.length;
  while (end > 0 && nal[end - 1] === 0) end -= 1;
  return nal.subarray(0, end);
}
