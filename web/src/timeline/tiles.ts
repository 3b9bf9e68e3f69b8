const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TILE_LENGTHS = [HOUR, 6 * HOUR, DAY, 7 * DAY, 35 * DAY] as const;
const LONGEST = 35 * DAY;

/** Finer than this nobody sees at the tile's zoom: a tile is drawn on at most some 2,000 pixels. */
const STEPS_OF_A_TILE = 4000;

/** One span of the timeline as it is asked for, always the same for the same place and zoom, so that the cache can hold it. */
export interface Tile {
  readonly startMs: number;
  readonly endMs: number;
  readonly resolutionSeconds: number;
}

/** The two or three tiles that cover a span: at least half as long as it each, aligned to multiples of their length. */
export function tilesFor(startMs: number, endMs: number): Tile[] {
  const length = TILE_LENGTHS.find((one) => one >= (endMs - startMs) / 2) ?? LONGEST;
  const resolutionSeconds = Math.floor(length / 1000 / STEPS_OF_A_TILE);
  const tiles: Tile[] = [];
  for (let at = Math.floor(startMs / length) * length; at < endMs; at += length) {
    tiles.push({ startMs: at, endMs: at + length, resolutionSeconds });
  }
  return tiles;
}
