export const RULER_PX = 26;
const TAIL_PX = 12;
/** Several bands are lower than a single one, so that the pictures keep their room. */
const ALONE_PX = 44;
const AMONG_PX = 34;

/** Where a camera's band is on the canvas, in CSS pixels. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

export function bandsOf(count: number): Band[] {
  const height = count > 1 ? AMONG_PX : ALONE_PX;
  return Array.from({ length: count }, (_, i) => ({
    top: RULER_PX + i * height,
    bottom: RULER_PX + (i + 1) * height,
  }));
}

export function bandHeight(band: Band): number {
  return band.bottom - band.top;
}

/** The canvas's height, in CSS pixels. */
export function timelineHeight(count: number): number {
  return (bandsOf(Math.max(1, count)).at(-1)?.bottom ?? RULER_PX) + TAIL_PX;
}

/** Which of the bands is at a height of the canvas; the nearest, above and below them. */
export function bandAt(count: number, y: number): number {
  const found = bandsOf(count).findIndex((band) => y < band.bottom);
  return found === -1 ? Math.max(0, count - 1) : found;
}
