import { NightjarError } from "../../../base/error.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { MadeOutline } from "../../../catalog/outlines.ts";
import type { OutlinedSegment } from "../../../catalog/segments.ts";
import { type PlaylistSegment, type PlaylistSpan, segmentEndMs } from "../../../recording/playlist.ts";
import type { SegmentIndex } from "../../../recording/segment-index.ts";
import { decodeOutline, encodeOutline, gopsSuffice, outlineExtent } from "../../../recording/segment-outline.ts";
import type { HttpDeps } from "../../ports.ts";

const READS_AT_ONCE = 8;
/** Files whose size alone is asked for, of the disk or of the share. */
const LOOKS_AT_ONCE = 16;

/**
 * The segments of a span with what a playlist needs of them: their outlines, or the indexes of the files where there is none, which is then
 * kept. One whose file cannot be read is left out, and leaves a hole that the player skips; throws `unavailable` when that is so for all.
 */
export async function playlistSegments(
  deps: HttpDeps,
  camera: OwnedCamera,
  span: PlaylistSpan,
): Promise<PlaylistSegment[]> {
  const rows = await deps.catalog.segments(camera).outlined(span);
  const kept = await inTurns(rows, LOOKS_AT_ONCE, (row) => outlineInCatalog(deps, camera, row, span));
  const lacking = rows.filter((_, i) => kept[i] === null);
  const read = await inTurns(
    lacking,
    READS_AT_ONCE,
    async (row) => [row, await indexInFile(deps, camera, row)] as const,
  );
  await keepOutlines(deps, camera, read);
  const inFile = new Map(read);
  const segments = rows.flatMap((row, i) => {
    const outline = kept[i] ?? null;
    if (outline !== null) return [outlinedSegment(row, outline)];
    const index = inFile.get(row) ?? null;
    return index === null ? [] : [segmentOf(row, index, row === rows.at(-1))];
  });
  if (rows.length > 0 && segments.length === 0)
    throw new NightjarError(
      "unavailable",
      `No segment file of this span can be read; is the storage of camera ${camera.id} there?`,
    );
  return segments;
}

function segmentOf(row: OutlinedSegment, index: SegmentIndex, isLast: boolean): PlaylistSegment {
  const { name, runId, startMs } = row;
  // Only the last one grows: an open one before it was left behind by a crash.
  const open = row.state === "open" && isLast;
  const endMs = row.state === "open" ? segmentEndMs(startMs, index) : row.endMs;
  return { name, runId, startMs, index, open, endMs };
}

/** Its index is decoded when it is played: those of a day together would be more than what a garbage collector passes over. */
function outlinedSegment({ name, runId, startMs, endMs }: OutlinedSegment, outline: Uint8Array): PlaylistSegment {
  return {
    ...{ name, runId, startMs, endMs, open: false },
    get index() {
      const index = decodeOutline(outline);
      if (index === null) throw new Error(`The outline of ${name} could be read before.`);
      return index;
    },
  };
}

/** null: there is no outline that suffices, or the file is not the one that the catalog tells of. */
async function outlineInCatalog(
  deps: HttpDeps,
  camera: OwnedCamera,
  row: OutlinedSegment,
  span: PlaylistSpan,
): Promise<Uint8Array | null> {
  const { outline, startMs } = row;
  const extent = outline === null ? null : outlineExtent(outline);
  if (extent === null || row.state === "open" || !gopsSuffice(extent, startMs, span.endMs)) return null;
  return (await isAsTold(deps, camera, row)) ? outline : null;
}

/** Why it cannot be read, where that is so, is told by reading it. */
async function isAsTold(deps: HttpDeps, camera: OwnedCamera, row: OutlinedSegment): Promise<boolean> {
  const { sizeBytes } = deps.footage.segment(camera, row);
  return (await sizeBytes().catch(() => null)) === row.sizeBytes;
}

/** null: the file cannot be read. */
async function indexInFile(deps: HttpDeps, camera: OwnedCamera, row: OutlinedSegment): Promise<SegmentIndex | null> {
  try {
    return await deps.footage.readIndex(camera, row);
  } catch (error) {
    const { name: segment } = row;
    deps.log.named("http").warn("a segment file cannot be read", { camera_id: camera.id, segment, error });
    return null;
  }
}

/** Of what was read of files and the catalog lacks. Where that fails the next playlist does it. */
async function keepOutlines(
  deps: HttpDeps,
  camera: OwnedCamera,
  read: readonly (readonly [OutlinedSegment, SegmentIndex | null])[],
): Promise<void> {
  const made: MadeOutline[] = [];
  for (const [row, index] of read) {
    if (index === null || row.state === "open" || (row.outline !== null && outlineExtent(row.outline) !== null))
      continue;
    const outline = encodeOutline(index);
    if (outline !== null && (await isAsTold(deps, camera, row))) made.push({ ...row, outline });
  }
  if (made.length === 0) return;
  try {
    await deps.catalog.segments(camera).keepOutlines(made);
  } catch (error) {
    deps.log.named("http").warn("what playlists need of segments was not kept", { camera_id: camera.id, error });
  }
}

/** Does `work` for each item, some of them at once; the results in the order of the items. */
async function inTurns<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const waiting = items.entries();
  const takeTurns = async (): Promise<void> => {
    for (const [i, item] of waiting) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeTurns));
  return results;
}
