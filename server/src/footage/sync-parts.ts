import { fragmentHead } from "../media/isobmff/made-fragment.ts";
import { singleTrackInit } from "../media/isobmff/single-track.ts";
import { type Piece, type SizedStream, streamOf } from "./file-pieces.ts";
import type { FragmentIndex, IndexedFragment } from "./fragment-index.ts";
import { fragmentsOfPart, type PartRange } from "./part-range.ts";
import { videoOf } from "./read-samples.ts";
import type { SegmentReader } from "./segment-reader.ts";
import { readHead, withSegment } from "./segment-scan.ts";
import type { SegmentSource } from "./segment-source.ts";

/** Longest part, at the speed at which it is played. */
const MAX_PART_SECONDS = 120;
/** Nobody sees more in fast play, and every key frame of a large picture costs a browser as much as many others. */
const MAX_PICTURES_PER_SECOND = 15;

/**
 * Fast play: of a part only its key frames, each shown until the next, all times divided by the speed. So a player that plays at rate 1 is that
 * fast, without decoding what nobody would see; at a rate of 16 browsers drop pictures. Nothing is decoded or kept here.
 */
export class SyncParts {
  readonly #reader: SegmentReader;

  constructor(reader: SegmentReader) {
    this.#reader = reader;
  }

  /** `ftyp` + `moov` for the parts: the video alone. Rejects like SegmentReader.init. */
  async init(source: SegmentSource): Promise<Buffer> {
    return withSegment(source, async (handle) => {
      const video = videoOf(await readHead(handle));
      return singleTrackInit(video, video.trackId);
    });
  }

  /** Throws `range_not_satisfiable` when the range does not consist of whole fragments, `span_too_long`; rejects like SegmentReader.init. */
  async part(source: SegmentSource, range: PartRange, speed: number): Promise<SizedStream> {
    const index = await this.#reader.index(source);
    const [first, count] = fragmentsOfPart(index, range, MAX_PART_SECONDS * speed);
    const { trackId } = await withSegment(source, async (handle) => videoOf(await readHead(handle)));
    const part = index.fragments.slice(first, first + count);
    const keys = thinned(part, (index.timescale * speed) / MAX_PICTURES_PER_SECOND);
    const last = part.at(-1);
    const endTicks = last === undefined ? 0 : last.decodeTicks + last.durationTicks;
    // Rounded from the beginning of the run, not each by itself: the parts of hours join without a drift.
    const ticksAt = (ticks: number): number => Math.round(ticks / speed);
    const samples = keys.map(({ decodeTicks, key }, number) => ({
      durationTicks: ticksAt(keys[number + 1]?.decodeTicks ?? endTicks) - ticksAt(decodeTicks),
      sizeBytes: key?.sizeBytes ?? 0,
      sync: true,
      compositionOffsetTicks: 0,
    }));
    const decodeTimeTicks = ticksAt(keys[0]?.decodeTicks ?? 0);
    const head = fragmentHead([{ id: trackId, decodeTimeTicks, samples }]);
    return streamOf(source, [head, ...keys.map(keyRange)]);
  }
}

/** The fragments that begin with a key frame, but those nearer than `leastTicks` to the one before. */
function thinned(part: FragmentIndex["fragments"], leastTicks: number): IndexedFragment[] {
  const kept: IndexedFragment[] = [];
  for (const fragment of part) {
    const before = kept.at(-1);
    if (fragment.key === null) continue;
    if (before === undefined || fragment.decodeTicks - before.decodeTicks >= leastTicks) kept.push(fragment);
  }
  return kept;
}

function keyRange({ offsetBytes, key }: IndexedFragment): Piece {
  return { offsetBytes: offsetBytes + (key?.offsetBytes ?? 0), sizeBytes: key?.sizeBytes ?? 0 };
}
