import { MalformedMedia } from "./malformed-media.ts";

/** A baseline JPEG taken apart (ITU-T T.81, annex B). */
interface JpegParts {
  /** From SOI to behind the header of the scan. */
  readonly head: Buffer;
  /** Where the height stands in the head. */
  readonly heightAt: number;
  /** Where the header of the scan begins in the head. */
  readonly scanAt: number;
  /** Entropy-coded data, without EOI. */
  readonly scan: Buffer;
  readonly width: number;
  readonly height: number;
  /** Pixels of a minimum coded unit. */
  readonly unitWidth: number;
  readonly unitHeight: number;
}

export interface JpegStack {
  readonly jpeg: Buffer;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** From the top of a tile to the top of the next. */
  readonly tileStep: number;
  /** Which of the pictures are in it, in order. */
  readonly taken: readonly number[];
}

const SOF0 = 0xc0;
const DRI = 0xdd;
const SOS = 0xda;
const FIRST_RST = 0xd0;
const EOI = Buffer.from([0xff, 0xd9]);

/**
 * Pictures below one another as one picture, without decoding any: each becomes a restart interval, which is decoded without regard to what
 * stands before it (T.81, F.2.1.3.1). That needs the same tables and the same size, so only pictures whose head is that of the first are
 * taken. Each tile is filled up to whole coded units. Throws MalformedMedia when the first is no baseline JPEG without restart intervals.
 */
export function stackJpegs(pictures: readonly Buffer[]): JpegStack {
  const all = pictures.map(partsOf);
  const first = all[0];
  if (first === undefined) throw new MalformedMedia("no picture to stack");
  const taken = [...all.keys()].filter((index) => all[index]?.head.equals(first.head));
  const rows = Math.ceil(first.height / first.unitHeight);
  const tileStep = rows * first.unitHeight;
  const head = Buffer.from(first.head);
  head.writeUInt16BE(tileStep * (taken.length - 1) + first.height, first.heightAt);
  const interval = Buffer.from([0xff, DRI, 0, 4, 0, 0]);
  interval.writeUInt16BE(rows * Math.ceil(first.width / first.unitWidth), 4);
  const scans = taken.flatMap((index, place) => {
    const restart = Buffer.from([0xff, FIRST_RST + ((place + 7) % 8)]);
    return [...(place === 0 ? [] : [restart]), all[index]?.scan ?? Buffer.alloc(0)];
  });
  const jpeg = Buffer.concat([head.subarray(0, first.scanAt), interval, head.subarray(first.scanAt), ...scans, EOI]);
  return { jpeg, tileWidth: first.width, tileHeight: first.height, tileStep, taken };
}

function partsOf(jpeg: Buffer): JpegParts {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) throw new MalformedMedia("not a JPEG");
  let at = 2;
  let frame: Pick<JpegParts, "heightAt" | "width" | "height" | "unitWidth" | "unitHeight"> | null = null;
  while (at + 4 <= jpeg.length) {
    const marker = jpeg[at + 1];
    const lengthBytes = jpeg.readUInt16BE(at + 2);
    if (jpeg[at] !== 0xff || marker === DRI || at + 2 + lengthBytes > jpeg.length) break;
    if (marker === SOF0) frame = frameOf(jpeg, at);
    if (marker === SOS) {
      const scanStart = at + 2 + lengthBytes;
      const end = jpeg.lastIndexOf(EOI);
      if (frame === null || end < scanStart) break;
      return { ...frame, head: jpeg.subarray(0, scanStart), scanAt: at, scan: jpeg.subarray(scanStart, end) };
    }
    at += 2 + lengthBytes;
  }
  throw new MalformedMedia("not a baseline JPEG without restart intervals");
}

/** Reads the frame header at `at` (T.81, B.2.2). */
function frameOf(jpeg: Buffer, at: number) {
  const components = jpeg[at + 9] ?? 0;
  let across = 1;
  let down = 1;
  for (let index = 0; index < components; index += 1) {
    const sampling = jpeg[at + 11 + 3 * index] ?? 0x11;
    across = Math.max(across, sampling >> 4);
    down = Math.max(down, sampling & 15);
  }
  const [height, width] = [jpeg.readUInt16BE(at + 5), jpeg.readUInt16BE(at + 7)];
  return { heightAt: at + 5, width, height, unitWidth: 8 * across, unitHeight: 8 * down };
}
