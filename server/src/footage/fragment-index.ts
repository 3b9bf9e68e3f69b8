import { writeBox } from "../media/isobmff/box.ts";
import type { TrackFragment } from "../media/isobmff/movie-fragment.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { VarintReader, VarintWriter } from "../media/varint.ts";

/** Where each fragment of a segment lies and when it plays: all a playlist needs, without reading the footage. */
export interface FragmentIndex {
  /** RFC 6381 names of the tracks' codecs, comma-separated. */
  readonly codecs: string;
  /** Ticks per second of the video track. */
  readonly timescale: number;
  /** Decode time of the first video sample, ticks. */
  readonly firstDecodeTicks: number;
  /** Offset of the first fragment in the file. */
  readonly firstOffsetBytes: number;
  readonly fragments: readonly IndexedFragment[];
}

export interface IndexedFragment {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Decode time of its first video sample, ticks. */
  readonly decodeTicks: number;
  readonly durationTicks: number;
  /** Its video begins with a sync sample. */
  readonly sync: boolean;
  /** The sync sample's bytes, from the start of the fragment; null for other fragments. */
  readonly key: { readonly offsetBytes: number; readonly sizeBytes: number } | null;
}

/**
 * Puts the next fragment of a file behind `fragments`; `video` is its video track, undefined where it has none. The one before lasts until
 * this one begins, also where the decode time jumps.
 */
export function addToIndex(
  fragments: IndexedFragment[],
  next: { readonly offsetBytes: number; readonly sizeBytes: number; readonly video: TrackFragment | undefined },
): void {
  const { offsetBytes, sizeBytes, video } = next;
  const last = fragments.at(-1);
  const decodeTicks = video?.decodeTimeTicks ?? (last === undefined ? 0 : last.decodeTicks + last.durationTicks);
  if (last !== undefined)
    fragments[fragments.length - 1] = { ...last, durationTicks: Math.max(0, decodeTicks - last.decodeTicks) };
  const samples = video?.runs.flatMap((run) => run.samples) ?? [];
  const [run] = video?.runs ?? [];
  const [first] = samples;
  fragments.push({
    offsetBytes,
    sizeBytes,
    decodeTicks,
    durationTicks: samples.reduce((sum, sample) => sum + sample.durationTicks, 0),
    sync: first?.sync ?? false,
    key: first?.sync && run !== undefined ? { offsetBytes: run.dataOffsetBytes, sizeBytes: first.sizeBytes } : null,
  });
}

/** Type of the box behind the final `moov`. */
const USER_TYPE = Buffer.from("nightjar-fragidx", "latin1");
const VERSION = 1;
/** `uuid` box: 8 bytes of header, 16 of user type. */
const BOX_HEADER_BYTES = 24;
const FLAG_SYNC = 1;

/** The index as a box; about five bytes a fragment. */
export function indexBox(index: FragmentIndex): Buffer {
  const out = new VarintWriter();
  out.write(VERSION);
  out.writeText(index.codecs);
  for (const value of [index.timescale, index.firstDecodeTicks, index.firstOffsetBytes, index.fragments.length])
    out.write(value);
  for (const fragment of index.fragments) {
    out.write(fragment.sizeBytes);
    out.write(fragment.durationTicks * 2 + (fragment.key === null ? 0 : FLAG_SYNC));
    if (fragment.key === null) continue;
    out.write(fragment.key.offsetBytes);
    out.write(fragment.key.sizeBytes);
  }
  return writeBox("uuid", USER_TYPE, out.bytes());
}

/** True when a box (its first 24 bytes suffice) is an index. */
export function isIndexBox(head: Buffer): boolean {
  return (
    head.length >= BOX_HEADER_BYTES &&
    head.toString("latin1", 4, 8) === "uuid" &&
    head.subarray(8, BOX_HEADER_BYTES).equals(USER_TYPE)
  );
}

/** Reads a whole index box. Throws MalformedMedia when it is not one or is damaged. */
export function parseIndexBox(box: Buffer): FragmentIndex {
  if (!isIndexBox(box)) throw new MalformedMedia("not a fragment index");
  const input = new VarintReader(box, BOX_HEADER_BYTES);
  if (input.read() !== VERSION) throw new MalformedMedia("a fragment index of another version");
  const codecs = input.readText();
  const timescale = input.read();
  const firstDecodeTicks = input.read();
  const firstOffsetBytes = input.read();
  const count = input.readCount();
  const fragments: IndexedFragment[] = [];
  let offsetBytes = firstOffsetBytes;
  let decodeTicks = firstDecodeTicks;
  for (let number = 0; number < count; number += 1) {
    const sizeBytes = input.read();
    const timing = input.read();
    const durationTicks = Math.floor(timing / 2);
    const sync = timing % 2 === FLAG_SYNC;
    const key = sync ? { offsetBytes: input.read(), sizeBytes: input.read() } : null;
    fragments.push({ offsetBytes, sizeBytes, decodeTicks, durationTicks, sync, key });
    offsetBytes += sizeBytes;
    decodeTicks += durationTicks;
  }
  return { codecs, timescale, firstDecodeTicks, firstOffsetBytes, fragments };
}
