import { NightjarError } from "../base/error.ts";
import type { FragmentIndex } from "./fragment-index.ts";

/** Longest part that is converted at once; playlists ask for about six seconds. */
const MAX_PART_SECONDS = 120;

/** Whole fragments of a segment file. */
export interface PartRange {
  /** Where the first begins. */
  readonly fromBytes: number;
  /** Where the last ends. */
  readonly toBytes: number;
}

/**
 * The place of the first fragment of a range, and their count. Throws `range_not_satisfiable` when the range does not consist of whole
 * fragments, `span_too_long`.
 */
export function fragmentsOfPart(
  index: FragmentIndex,
  { fromBytes, toBytes }: PartRange,
  maxSeconds = MAX_PART_SECONDS,
): [first: number, count: number] {
  const first = index.fragments.findIndex((fragment) => fragment.offsetBytes === fromBytes);
  const last = index.fragments.findIndex((fragment) => fragment.offsetBytes + fragment.sizeBytes === toBytes);
  const [begin, end] = [index.fragments[first], index.fragments[last]];
  if (begin === undefined || end === undefined || first > last)
    throw new NightjarError(
      "range_not_satisfiable",
      `The bytes from ${fromBytes} to ${toBytes} are not whole fragments of this segment; take the ranges of a playlist.`,
    );
  if ((end.decodeTicks + end.durationTicks - begin.decodeTicks) / index.timescale > maxSeconds)
    throw partTooLong(maxSeconds);
  return [first, last - first + 1];
}

export function partTooLong(maxSeconds = MAX_PART_SECONDS): NightjarError {
  return new NightjarError("span_too_long", `A part may be at most ${maxSeconds} seconds long.`);
}
