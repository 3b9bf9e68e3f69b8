// The number of every frame, burnt into its top sixth: 20 columns of two cells, the upper one white for 1, the lower one its opposite.
// A bit is read by comparing the two, so brightness and contrast do not matter, and a picture that shows no bar code (or a mixture of
// two frames) is told from one that does. Columns: 3 bits of scene, 16 bits of number, 1 bit of even parity.

export const BAR_COLUMNS = 20;
export const BAR_ROWS = 2;
/** The bar code is as wide as the picture and takes this share of its height. */
export const BAR_HEIGHT_SHARE = 1 / 6;

const SCENE_BITS = 3;
const NUMBER_BITS = 16;
const LEAST_CONTRAST = 60;

/** Which scene, and the number of the frame in it, from 0. */
export interface FrameMark {
  readonly scene: number;
  readonly number: number;
}

/** The bar code as a grey picture of 20 by 2 pixels. */
export function encodeBarCode(mark: FrameMark): Buffer {
  if (mark.scene >= 2 ** SCENE_BITS || mark.number >= 2 ** NUMBER_BITS)
    throw new Error(`Scene ${mark.scene}, frame ${mark.number} does not fit into the bar code.`);
  const bits = [...bitsOf(mark.scene, SCENE_BITS), ...bitsOf(mark.number, NUMBER_BITS)];
  const all = [...bits, parity(bits)];
  return Buffer.from([...all.map((bit) => bit * 255), ...all.map((bit) => 255 - bit * 255)]);
}

/** Reads a grey picture of 20 by 2 pixels; null when it is not a whole bar code. */
export function decodeBarCode(grey: ArrayLike<number>): FrameMark | null {
  const bits: number[] = [];
  for (let column = 0; column < BAR_COLUMNS; column++) {
    const difference = (grey[column] ?? 0) - (grey[column + BAR_COLUMNS] ?? 0);
    if (Math.abs(difference) < LEAST_CONTRAST) return null;
    bits.push(difference > 0 ? 1 : 0);
  }
  if (parity(bits) !== 0) return null;
  return {
    scene: numberOf(bits.slice(0, SCENE_BITS)),
    number: numberOf(bits.slice(SCENE_BITS, SCENE_BITS + NUMBER_BITS)),
  };
}

function bitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (value >> (count - 1 - i)) & 1);
}

function numberOf(bits: readonly number[]): number {
  return bits.reduce((value, bit) => value * 2 + bit, 0);
}

function parity(bits: readonly number[]): number {
  return bits.reduce((sum, bit) => sum ^ bit, 0);
}
