import { codecString } from "../media/codec-string.ts";
import { readBoxHeader } from "../media/isobmff/box.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { addToIndex, type FragmentIndex, isIndexBox, parseIndexBox } from "./fragment-index.ts";
import { readAt, readHead, type SegmentHead, scanFragments, withSegment } from "./segment-scan.ts";
import { type SegmentHandle, type SegmentSource, sourceKey } from "./segment-source.ts";

/** Indexes that are kept in memory; one of ten minutes takes about 0.3 MB. */
const CACHED_INDEXES = 256;
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
/** `uuid` header and user type. */
const INDEX_HEAD_BYTES = 24;

interface Cached {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly closed: boolean;
  readonly index: FragmentIndex;
}

/** Reads segment files for playback: their init segment, and where their fragments lie. Never reads footage. */
export class SegmentReader {
  readonly #cache = new Map<string, Cached>();

  /**
   * `ftyp` + first `moov`: the same bytes while the file is open and when it is closed. Rejects with the system's error when there is no
   * such file, MalformedMedia when it is not a segment.
   */
  async init(source: SegmentSource): Promise<Buffer> {
    return withSegment(source, async (handle) => {
      const head = await readHead(handle);
      return Buffer.concat([head.ftyp, head.moov]);
    });
  }

  /**
   * The whole fragments: of a closed file from the index in its tail (scanned where that is missing or damaged), of an open one those on
   * the disk by now, reading only what has come since the last call. Rejects like `init`.
   */
  async index(source: SegmentSource): Promise<FragmentIndex> {
    return withSegment(source, async (handle) => {
      const { size, mtimeMs } = await handle.stat();
      const cached = this.#cache.get(sourceKey(source));
      if (cached !== undefined && cached.sizeBytes === size && cached.mtimeMs === mtimeMs) return cached.index;
      const head = await readHead(handle);
      const grown = head.closed || (cached?.sizeBytes ?? 0) > size ? undefined : cached;
      const index =
        (head.closed ? await indexInTail(handle, head, size) : null) ?? (await scan(handle, head, size, grown));
      this.#remember(sourceKey(source), { sizeBytes: size, mtimeMs, closed: head.closed, index });
      return index;
    });
  }

  #remember(key: string, cached: Cached): void {
    this.#cache.delete(key);
    this.#cache.set(key, cached);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED_INDEXES && oldest !== undefined) this.#cache.delete(oldest);
  }
}

/** The index box is the last of the file, behind the final `moov`. null when it is not there or cannot be read. */
async function indexInTail(handle: SegmentHandle, head: SegmentHead, sizeBytes: number): Promise<FragmentIndex | null> {
  const moov = readBoxHeader(await readAt(handle, head.payloadEndBytes ?? 0, INDEX_HEAD_BYTES), 0);
  if (moov === null || head.payloadEndBytes === null) return null;
  const at = head.payloadEndBytes + moov.sizeBytes;
  const start = await readAt(handle, at, INDEX_HEAD_BYTES);
  const header = readBoxHeader(start, 0);
  if (header === null || !isIndexBox(start) || header.sizeBytes > MAX_INDEX_BYTES || at + header.sizeBytes > sizeBytes)
    return null;
  try {
    return parseIndexBox(await readAt(handle, at, header.sizeBytes));
  } catch (error) {
    if (error instanceof MalformedMedia) return null;
    throw error;
  }
}

async function scan(
  handle: SegmentHandle,
  head: SegmentHead,
  fileBytes: number,
  before: Cached | undefined,
): Promise<FragmentIndex> {
  const video = head.init.tracks.find((track) => track.kind === "video");
  if (video === undefined) throw new MalformedMedia("the segment has no video track");
  const known = before?.closed === false ? before.index.fragments : [];
  const fragments = [...known];
  const last = known.at(-1);
  const fromBytes = last === undefined ? head.firstFragmentBytes : last.offsetBytes + last.sizeBytes;
  for await (const scanned of scanFragments(handle, head, fromBytes, head.payloadEndBytes ?? fileBytes)) {
    const { offsetBytes, sizeBytes, tracks } = scanned;
    addToIndex(fragments, { offsetBytes, sizeBytes, video: tracks.find((track) => track.trackId === video.id) });
  }
  return {
    codecs: head.init.tracks.map(codecString).join(","),
    timescale: video.timescale,
    firstDecodeTicks: fragments[0]?.decodeTicks ?? 0,
    firstOffsetBytes: head.firstFragmentBytes,
    fragments,
  };
}
