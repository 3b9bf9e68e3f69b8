/** One stretch of media in the player and the wall time it was filmed at. */
export interface WallSpan {
  readonly mediaStartSeconds: number;
  readonly mediaEndSeconds: number;
  readonly wallStartMs: number;
  /** Seconds of wall time in a second of the player: 1, or more where the footage was made faster by the server. */
  readonly pace: number;
}

/** Spans in the order of both media and wall time. */
export type WallClockTable = readonly WallSpan[];

/** What the table is made from: an entry of the playlist as the player has placed it. */
export interface PlacedFragment {
  readonly start: number;
  readonly duration: number;
  readonly programDateTime: number | null;
}

/** Where a wall time is in the player. */
export type Placement =
  | { readonly kind: "footage"; readonly mediaSeconds: number }
  /** No footage at that time: the next begins at `wallMs`. */
  | { readonly kind: "gap"; readonly mediaSeconds: number; readonly wallMs: number }
  /** Nothing at or after that time in this table. */
  | { readonly kind: "after" };

/** A hole shorter than this between neighbouring segments is rounding, not a gap. */
const SEAM_MS = 250;

/** The seek lands inside the first frame of a stretch, not on the rounding before it. */
const INSIDE_SECONDS = 0.01;

/** `pace`: how much faster than the clock the playlist's footage already is. */
export function buildTable(fragments: readonly PlacedFragment[], pace = 1): WallClockTable {
  const table: WallSpan[] = [];
  for (const { start, duration, programDateTime } of fragments) {
    if (programDateTime === null || duration <= 0) continue;
    table.push({ mediaStartSeconds: start, mediaEndSeconds: start + duration, wallStartMs: programDateTime, pace });
  }
  return table;
}

/** Wall time in milliseconds of a player position; beyond the table its nearest end; null when the table is empty. */
export function mediaToWall(table: WallClockTable, mediaSeconds: number): number | null {
  const span = spanAt(table, mediaSeconds);
  if (span === undefined) return null;
  const inside = Math.min(Math.max(mediaSeconds, span.mediaStartSeconds), span.mediaEndSeconds);
  return span.wallStartMs + (inside - span.mediaStartSeconds) * 1000 * span.pace;
}

/** The entry at a player position; beyond the table its first or last; undefined when the table is empty. */
export function spanAt(table: WallClockTable, mediaSeconds: number): WallSpan | undefined {
  const index = lastIndexWhere(table, (span) => span.mediaStartSeconds <= mediaSeconds);
  return table[Math.max(0, index)];
}

export function wallToMedia(table: WallClockTable, wallMs: number): Placement {
  const index = lastIndexWhere(table, (span) => span.wallStartMs <= wallMs);
  const span = table[index];
  if (span !== undefined) {
    const insideSeconds = Math.max(INSIDE_SECONDS, (wallMs - span.wallStartMs) / 1000 / span.pace);
    const mediaSeconds = span.mediaStartSeconds + insideSeconds;
    if (mediaSeconds < span.mediaEndSeconds) return { kind: "footage", mediaSeconds };
  }
  const next = table[index + 1];
  if (next === undefined) return { kind: "after" };
  const mediaSeconds = next.mediaStartSeconds + INSIDE_SECONDS;
  const isSeam = next.wallStartMs - wallMs <= SEAM_MS * next.pace;
  return isSeam ? { kind: "footage", mediaSeconds } : { kind: "gap", mediaSeconds, wallMs: next.wallStartMs };
}

/** Wall time at which the table's footage ends; null when it is empty. */
export function wallEnd(table: WallClockTable): number | null {
  const last = table.at(-1);
  if (last === undefined) return null;
  return last.wallStartMs + (last.mediaEndSeconds - last.mediaStartSeconds) * 1000 * last.pace;
}

/** Player position at which the table ends. */
export function mediaEnd(table: WallClockTable): number {
  return table.at(-1)?.mediaEndSeconds ?? 0;
}

function lastIndexWhere(table: WallClockTable, holds: (span: WallSpan) => boolean): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = table[middle];
    if (span !== undefined && holds(span)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The wall time some seconds of footage away, where gaps do not count; where there is no such footage, of that time of day. `shortOfEndSeconds`:
 * how far before the end of the table it stays.
 */
export function footageAway(
  table: WallClockTable,
  fromMs: number,
  seconds: number,
  shortOfEndSeconds: number,
): number | null {
  const placed = wallToMedia(table, fromMs);
  const [first] = table;
  if (placed.kind === "after" || first === undefined) return fromMs + seconds * 1000;
  const to = placed.mediaSeconds + seconds / first.pace;
  if (to < 0) return first.wallStartMs + to * first.pace * 1000;
  return mediaToWall(table, Math.min(to, mediaEnd(table) - shortOfEndSeconds));
}
