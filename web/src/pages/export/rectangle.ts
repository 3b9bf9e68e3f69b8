/** In fractions of the picture's width and height, from its upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Narrower is a slip of the hand. */
const LEAST = 0.01;

/** What lies between two corners, inside the picture; null: nothing that anybody can have meant. Pure. */
export function rectangleBetween(from: Point, to: Point): Rectangle | null {
  const [a, b] = [inside(from), inside(to)];
  const width = rounded(Math.abs(a.x - b.x));
  const height = rounded(Math.abs(a.y - b.y));
  if (width < LEAST || height < LEAST) return null;
  return fitted({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width, height });
}

/** The same with one of its numbers another; it stays in the picture. Pure. */
export function withSide(rectangle: Rectangle, side: keyof Rectangle, value: number): Rectangle {
  return fitted({ ...rectangle, [side]: value });
}

function fitted({ x, y, width, height }: Rectangle): Rectangle {
  const left = rounded(Math.min(Math.max(0, x), 1 - LEAST));
  const top = rounded(Math.min(Math.max(0, y), 1 - LEAST));
  return {
    x: left,
    y: top,
    width: rounded(Math.min(Math.max(LEAST, width), 1 - left)),
    height: rounded(Math.min(Math.max(LEAST, height), 1 - top)),
  };
}

function inside({ x, y }: Point): Point {
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}

/** Whole thousandths, so that sums do not reach beyond the picture. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
