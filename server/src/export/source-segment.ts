import { link, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { StoredSegment } from "../catalog/segments.ts";
import { finalIdentity } from "../footage/final-identity.ts";
import { CHAIN_START, type ChainLink } from "../footage/segment-chain.ts";
import { SegmentContents } from "../footage/segment-contents.ts";
import { readIdentity, type SegmentIdentity } from "../footage/segment-identity.ts";
import type { SegmentReader } from "../footage/segment-reader.ts";
import { readAt, readHead, type SegmentHead, scanFragments, withSegment } from "../footage/segment-scan.ts";
import { readBoxHeader } from "../media/isobmff/box.ts";
import { type SampleTimes, sampleTimes } from "../media/isobmff/sample-times.ts";
import { MalformedMedia } from "../media/malformed-media.ts";

/** A segment that an export is made from: an ordinary MP4 in the export's working folder, and what is known of it. */
export interface SourceSegment {
  /** Its name in the working folder. */
  readonly file: string;
  /** Its name among the recordings. */
  readonly name: string;
  readonly state: "open" | "closed" | "repaired";
  readonly identity: Omit<SegmentIdentity, "end">;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  /** Hex; of an open one over what it held by then. */
  readonly payloadSha256: string;
  /** What the hash is over: where it lies in the file of that name in the working folder. */
  readonly payload: { readonly fromBytes: number; readonly toBytes: number };
  /** null: it is open and has no place in the chain yet. */
  readonly chain: ChainLink | null;
  /** Where its video begins in the media time of its run. */
  readonly runSeconds: number;
  readonly video: SampleTimes;
  readonly sound: SampleTimes | null;
}

export interface SourcePlace {
  /** The working folder. */
  readonly folder: string;
  /** Name to give it there. */
  readonly file: string;
}

/**
 * Brings a segment into the working folder: a closed one as a link, so that it stays whatever becomes of the recording meanwhile; one that
 * is open, or whose end is damaged, as a copy up to its last whole fragment, closed like a segment. null: there is not one whole fragment
 * in it. Rejects with the system's error when there is no such file, MalformedMedia when it is no segment.
 */
export async function sourceSegment(
  path: string,
  stored: StoredSegment,
  place: SourcePlace,
  reader: SegmentReader,
): Promise<SourceSegment | null> {
  const closed = await withSegment(path, async (handle) => {
    const head = await readHead(handle);
    if (head.payloadEndBytes === null) return null;
    const identity = await finalIdentity(handle, head.payloadEndBytes);
    if (identity === null) return null;
    const { size: sizeBytes } = await handle.stat();
    const moov = readBoxHeader(await readAt(handle, head.payloadEndBytes, 16), 0);
    const tracks = sampleTimes(await readAt(handle, head.payloadEndBytes, moov?.sizeBytes ?? 0));
    const payload = { fromBytes: head.ftyp.length + 16, toBytes: head.payloadEndBytes };
    return { identity, sizeBytes, tracks, payload };
  });
  if (closed === null) return copiedSegment(path, stored, place);
  const { identity, sizeBytes, tracks, payload } = closed;
  const index = await reader.index(path);
  await linkFile(path, join(place.folder, place.file));
  const { end, ...named } = identity;
  return {
    file: place.file,
    name: stored.name,
    state: end.repaired ? "repaired" : "closed",
    identity: named,
    startMs: identity.startMs,
    endMs: end.endMs,
    sizeBytes,
    payloadSha256: end.payloadSha256,
    payload,
    chain: end.chain,
    runSeconds: index.firstDecodeTicks / index.timescale,
    ...tracksOf(tracks),
  };
}

function tracksOf(tracks: readonly SampleTimes[]): Pick<SourceSegment, "video" | "sound"> {
  const video = tracks.find(({ track }) => track.kind === "video");
  if (video === undefined) throw new MalformedMedia("the segment has no video track");
  return { video, sound: tracks.find(({ track, count }) => track.kind === "audio" && count > 0) ?? null };
}

/** Links keep a file while others remove its name; where the file systems differ the name itself must do. */
async function linkFile(path: string, to: string): Promise<void> {
  try {
    await link(path, to);
  } catch {
    await symlink(path, to);
  }
}

async function copiedSegment(path: string, stored: StoredSegment, place: SourcePlace): Promise<SourceSegment | null> {
  const copied = await withSegment(path, async (handle) => {
    const head = await readHead(handle);
    const { size } = await handle.stat();
    const identity = readIdentity(head.moov);
    if (identity === null) throw new MalformedMedia("it does not say which camera it is of");
    const contents = new SegmentContents(head.ftyp, head.moov);
    const parts = [contents.head];
    for await (const fragment of scanFragments(handle, head, head.firstFragmentBytes, head.payloadEndBytes ?? size)) {
      const bytes = await readAt(handle, fragment.offsetBytes, fragment.sizeBytes);
      contents.add(fragment.tracks, [bytes]);
      parts.push(bytes);
    }
    return { head, identity, contents, parts };
  });
  const { head, identity, contents, parts } = copied;
  if (contents.fragmentCount === 0) return null;
  const endMs = Math.round(identity.startMs + contents.videoDurationMs);
  const runSeconds = (contents.videoStartMs ?? 0) / 1000;
  const toBytes = contents.endBytes;
  const payloadSha256 = contents.seal();
  const moov = await writeClosed({ head, identity, contents, parts }, { endMs, payloadSha256 }, place);
  return {
    file: place.file,
    name: stored.name,
    state: "open",
    identity,
    startMs: identity.startMs,
    endMs,
    sizeBytes: toBytes,
    payloadSha256,
    payload: { fromBytes: head.ftyp.length + 16, toBytes },
    chain: null,
    runSeconds,
    ...tracksOf(sampleTimes(moov)),
  };
}

/** Writes the copy as an ordinary MP4; answers its final `moov`. Its place in the chain is not known, and not asked for. */
async function writeClosed(
  copy: {
    readonly head: SegmentHead;
    readonly identity: SegmentIdentity;
    readonly contents: SegmentContents;
    readonly parts: readonly Buffer[];
  },
  { endMs, payloadSha256 }: { readonly endMs: number; readonly payloadSha256: string },
  place: SourcePlace,
): Promise<Buffer> {
  const chain = { previous: CHAIN_START, value: CHAIN_START };
  const { tail, span } = copy.contents.closing({
    ...copy.identity,
    end: { endMs, repaired: false, payloadSha256, chain },
  });
  const [head = Buffer.alloc(0), ...fragments] = copy.parts;
  const closedHead = Buffer.from(head);
  span.header.copy(closedHead, span.atBytes);
  await writeFile(join(place.folder, place.file), [closedHead, ...fragments, tail]);
  return tail.subarray(0, readBoxHeader(tail, 0)?.sizeBytes ?? 0);
}

/** Where segment files of a camera lie. */
export type SegmentPath = (camera: OwnedCamera, name: string) => string;

/** What must be alike for segments to stand in one file: the decoder is told once. */
export function pictureFormat({ video: { track } }: SourceSegment): string {
  return [track.sampleEntry, track.timescale, track.width, track.height, track.decoderConfig.toString("hex")].join(":");
}

/** The same of the sound; null where there is none, which goes with any. */
export function soundFormat({ sound }: SourceSegment): string | null {
  if (sound === null) return null;
  const { sampleEntry, timescale, decoderConfig } = sound.track;
  return [sampleEntry, timescale, decoderConfig.toString("hex")].join(":");
}
