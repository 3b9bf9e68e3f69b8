import { createHash, type Hash } from "node:crypto";
import { codecString } from "../media/codec-string.ts";
import { closedMoov } from "../media/isobmff/closed-movie.ts";
import { type InitSegment, parseMoov } from "../media/isobmff/init-segment.ts";
import type { TrackFragment } from "../media/isobmff/movie-fragment.ts";
import { SampleTable } from "../media/isobmff/sample-table.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { addToIndex, type FragmentIndex, type IndexedFragment, indexBox } from "./fragment-index.ts";
import { openHead, SPAN_HEADER_BYTES, spanHeader } from "./hybrid-mp4.ts";
import { identityUdta, type SegmentIdentity } from "./segment-identity.ts";

/** About what `indexBox` takes for one. */
const INDEX_BYTES_PER_FRAGMENT = 8;

/**
 * What has been written into one segment, kept up while its fragments pass: sample tables, fragment index, hash. The writer feeds it from
 * the camera, the repair from a torn file; both close the file with the same bytes.
 */
export class SegmentContents {
  /** `ftyp`, room for the `mdat` header, first `moov`. */
  readonly head: Buffer;
  readonly #ftypBytes: number;
  #moov: Buffer;
  readonly #init: InitSegment;
  readonly #videoId: number;
  readonly #videoTimescale: number;
  readonly #tables: Map<number, SampleTable>;
  readonly #hash: Hash = createHash("sha256");
  readonly #fragments: IndexedFragment[] = [];
  /** What is not hashed yet because the first `moov` is provisional; null when it is final. */
  #unhashed: Buffer[] | null;
  #endBytes: number;

  /**
   * `moov` is the first one, with its `udta`; `provisional` says that `settle` will bring its final bytes. Throws MalformedMedia when it
   * has no video.
   */
  constructor(ftyp: Buffer, moov: Buffer, provisional = false) {
    this.head = openHead(ftyp, moov);
    this.#ftypBytes = ftyp.length;
    this.#moov = moov;
    this.#init = parseMoov(moov);
    const video = this.#init.tracks.find((track) => track.kind === "video");
    if (video === undefined) throw new MalformedMedia("the segment has no video track");
    this.#videoId = video.id;
    this.#videoTimescale = video.timescale;
    this.#tables = new Map(this.#init.tracks.map((track) => [track.id, new SampleTable()]));
    this.#unhashed = provisional ? [] : null;
    if (!provisional) this.#hash.update(moov);
    this.#endBytes = this.head.length;
  }

  /** The first `moov` as it finally stands in the file; of the same length as the provisional one. */
  settle(moov: Buffer): void {
    if (this.#unhashed === null || moov.length !== this.#moov.length)
      throw new Error("a settled moov must replace a provisional one");
    this.#moov = moov;
    moov.copy(this.head, this.head.length - moov.length);
    this.#hash.update(moov);
    for (const part of this.#unhashed) this.#hash.update(part);
    this.#unhashed = null;
  }

  /** End of the last fragment, from the start of the file. */
  get endBytes(): number {
    return this.#endBytes;
  }

  /** What the file will take when it is closed now, within some kilobytes. */
  get closedBytes(): number {
    const tables = [...this.#tables.values()].reduce((sum, table) => sum + table.sizeBytes, 0);
    return this.#endBytes + this.#moov.length + tables + this.#fragments.length * INDEX_BYTES_PER_FRAGMENT;
  }

  get fragmentCount(): number {
    return this.#fragments.length;
  }

  /** Decode time of the first video sample, milliseconds of the run; null while there is none. */
  get videoStartMs(): number | null {
    const ticks = this.#tables.get(this.#videoId)?.firstDecodeTicks ?? null;
    return ticks === null ? null : (ticks * 1000) / this.#videoTimescale;
  }

  /** Length of the video so far. */
  get videoDurationMs(): number {
    return ((this.#tables.get(this.#videoId)?.durationTicks ?? 0) * 1000) / this.#videoTimescale;
  }

  /** Takes a fragment that begins where the last one ended; its bytes are `parts` in order. */
  add(tracks: readonly TrackFragment[], parts: readonly Buffer[]): void {
    let sizeBytes = 0;
    for (const part of parts) {
      if (this.#unhashed === null) this.#hash.update(part);
      else this.#unhashed.push(part);
      sizeBytes += part.length;
    }
    for (const track of tracks) this.#tables.get(track.trackId)?.append(track, this.#endBytes);
    const video = tracks.find((track) => track.trackId === this.#videoId);
    addToIndex(this.#fragments, { offsetBytes: this.#endBytes, sizeBytes, video });
    this.#endBytes += sizeBytes;
  }

  /** Hash (hex) of everything between the 16 bytes behind `ftyp` and the end of the last fragment. Nothing may be added after this. */
  seal(): string {
    return this.#hash.digest("hex");
  }

  get index(): FragmentIndex {
    return {
      codecs: this.#init.tracks.map(codecString).join(","),
      timescale: this.#videoTimescale,
      firstDecodeTicks: this.#fragments[0]?.decodeTicks ?? 0,
      firstOffsetBytes: this.head.length,
      fragments: this.#fragments,
    };
  }

  /** What closing appends behind the last fragment, and what it writes over the 16 bytes. `identity` says the sealed hash. */
  closing(identity: SegmentIdentity): SegmentClosing {
    return {
      tail: Buffer.concat([closedMoov(this.#moov, this.#tables, identityUdta(identity)), indexBox(this.index)]),
      span: { atBytes: this.#ftypBytes, header: spanHeader(this.#endBytes - this.#ftypBytes - SPAN_HEADER_BYTES) },
    };
  }
}

export interface SegmentClosing {
  readonly tail: Buffer;
  readonly span: { readonly atBytes: number; readonly header: Buffer };
}
