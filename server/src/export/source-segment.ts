import { link, open, symlink } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { StoredSegment } from "../catalog/segments.ts";
import { finalIdentity } from "../footage/final-identity.ts";
import { SPAN_HEADER_BYTES } from "../footage/hybrid-mp4.ts";
import { CHAIN_START, type ChainLink } from "../footage/segment-chain.ts";
import { SegmentContents } from "../footage/segment-contents.ts";
import { readIdentity, type SegmentIdentity } from "../footage/segment-identity.ts";
import type { SegmentReader } from "../footage/segment-reader.ts";
import { readAt, readHead, scanFragments, withSegment } from "../footage/segment-scan.ts";
import type { PlacedSegment } from "../footage/segment-source.ts";
import { readBoxHeader } from "../media/isobmff/box.ts";
import { type SampleTimes, sampleTimes } from "../media/isobmff/sample-times.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { editSeconds, type UsedSamples, usedSamples } from "./used-samples.ts";

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
  readonly video: SourceVideo;
  /** null: it has none. */
  readonly sound: SourceSound | null;
}

/** Little of each: an export may be made from thousands of segments. */
export interface SourceVideo {
  /** What must be alike for segments to stand in one file: the decoder is told once. */
  readonly format: string;
  readonly hevc: boolean;
  readonly framesPerSecond: number;
  /** When its first sample is decoded in the file, as ffmpeg tells it. */
  readonly beginSeconds: number;
  readonly durationSeconds: number;
  /** What the export takes of it. */
  readonly used: UsedSamples;
}

export interface SourceSound {
  readonly format: string;
  /** When the packet begins that is heard with the first picture, or the first packet; and the last. Times of the file. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
}

export interface SourcePlace {
  /** The working folder. */
  readonly folder: string;
  /** Name to give it there. */
  readonly file: string;
  /** What the export is to show. */
  readonly span: { readonly startMs: number; readonly endMs: number };
}

/**
 * Brings a segment into the working folder: a closed one as a link (or, from a share, fetched), so that it stays whatever becomes of the recording meanwhile; one that
 * is open, or whose end is damaged, as a copy up to its last whole fragment, closed like a segment. null: nothing of
 * it is shown in the span. Rejects with the system's error when there is no such file, MalformedMedia when it is no segment.
 */
export async function sourceSegment(
  segment: PlacedSegment,
  stored: StoredSegment,
  place: SourcePlace,
  reader: SegmentReader,
): Promise<SourceSegment | null> {
  const closed = await withSegment(segment, async (handle) => {
    const head = await readHead(handle);
    if (head.payloadEndBytes === null) return null;
    const identity = await finalIdentity(handle, head.payloadEndBytes);
    if (identity === null) return null;
    const { size: sizeBytes } = await handle.stat();
    const moov = readBoxHeader(await readAt(handle, head.payloadEndBytes, SPAN_HEADER_BYTES), 0);
    const tracks = sampleTimes(await readAt(handle, head.payloadEndBytes, moov?.sizeBytes ?? 0));
    const payload = { fromBytes: head.ftyp.length + SPAN_HEADER_BYTES, toBytes: head.payloadEndBytes };
    return { identity, sizeBytes, tracks, payload };
  });
  if (closed === null) return copiedSegment(segment.path, stored, place);
  const { identity, sizeBytes, tracks, payload } = closed;
  const used = tracksOf(tracks, identity.startMs, place);
  if (used === null) return null;
  const index = await reader.index(segment);
  await linkFile(segment, join(place.folder, place.file));
  const { end, ...named } = identity;
  return {
    ...{ file: place.file, name: stored.name, identity: named, sizeBytes, payload },
    state: end.repaired ? "repaired" : "closed",
    startMs: identity.startMs,
    endMs: end.endMs,
    payloadSha256: end.payloadSha256,
    chain: end.chain,
    runSeconds: index.firstDecodeTicks / index.timescale,
    ...used,
  };
}

/** null: no picture of it is shown. */
function tracksOf(
  tracks: readonly SampleTimes[],
  startMs: number,
  { span }: SourcePlace,
): Pick<SourceSegment, "video" | "sound"> | null {
  const video = tracks.find(({ track }) => track.kind === "video");
  if (video === undefined) throw new MalformedMedia("the segment has no video track");
  const used = usedSamples(video, startMs, span);
  if (used === null) return null;
  const { sampleEntry, timescale, width, height, decoderConfig } = video.track;
  const durationSeconds = video.durationTicks / timescale;
  const beginSeconds = editSeconds(video) - video.decodeShiftTicks / timescale;
  const sound = tracks.find(({ track, count }) => track.kind === "audio" && count > 0);
  return {
    video: {
      format: [sampleEntry, timescale, width, height, decoderConfig.toString("hex")].join(":"),
      hevc: /^h[ve][cv]1$/.test(sampleEntry),
      framesPerSecond: Math.min(60, Math.max(1, Math.round(video.count / Math.max(durationSeconds, 0.001)))),
      ...{ beginSeconds, durationSeconds, used },
    },
    sound: sound === undefined ? null : soundOf(sound, beginSeconds),
  };
}

function soundOf(sound: SampleTimes, pictureSeconds: number): SourceSound {
  const { sampleEntry, timescale, decoderConfig } = sound.track;
  let firstSeconds = editSeconds(sound);
  let lastSeconds = firstSeconds;
  for (const { decodeTicks } of sound.samples()) {
    lastSeconds = editSeconds(sound) + decodeTicks / timescale;
    if (lastSeconds <= pictureSeconds) firstSeconds = lastSeconds;
  }
  return { format: [sampleEntry, timescale, decoderConfig.toString("hex")].join(":"), firstSeconds, lastSeconds };
}

/** Links keep a file while others remove its name; where the file systems differ the name itself must do. From a share it is fetched. */
async function linkFile(segment: PlacedSegment, to: string): Promise<void> {
  try {
    await link(segment.path, to);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") await segment.bringTo(to);
    else await symlink(segment.path, to);
  }
}

async function copiedSegment(path: string, stored: StoredSegment, place: SourcePlace): Promise<SourceSegment | null> {
  const copy = await closedCopy(path, join(place.folder, place.file));
  if (copy === null) return null;
  const { identity, endMs, runSeconds, payloadSha256, payload, moov } = copy;
  const used = tracksOf(sampleTimes(moov), identity.startMs, place);
  if (used === null) return null;
  return {
    ...{ file: place.file, name: stored.name, identity, endMs, runSeconds, payloadSha256, payload },
    state: "open",
    startMs: identity.startMs,
    sizeBytes: payload.toBytes,
    chain: null,
    ...used,
  };
}

interface ClosedCopy extends Pick<SourceSegment, "identity" | "endMs" | "runSeconds" | "payloadSha256" | "payload"> {
  readonly moov: Buffer;
}

/** Writes the whole fragments as an ordinary MP4. Its place in the chain is not known, and not asked for. null: there are none. */
async function closedCopy(path: string, to: string): Promise<ClosedCopy | null> {
  return withSegment(path, async (handle) => {
    const head = await readHead(handle);
    const identity = readIdentity(head.moov);
    if (identity === null) throw new MalformedMedia("it does not say which camera it is of");
    const { size } = await handle.stat();
    const contents = new SegmentContents(head.ftyp, head.moov);
    // Never over something that is there: it could be a link to the recording.
    const copy = await open(to, "wx");
    try {
      await copy.appendFile(contents.head);
      for await (const fragment of scanFragments(handle, head, head.firstFragmentBytes, head.payloadEndBytes ?? size)) {
        const bytes = await readAt(handle, fragment.offsetBytes, fragment.sizeBytes);
        contents.add(fragment.tracks, [bytes]);
        await copy.appendFile(bytes);
      }
      if (contents.fragmentCount === 0) return null;
      const endMs = Math.round(identity.startMs + contents.videoDurationMs);
      const payload = { fromBytes: head.ftyp.length + SPAN_HEADER_BYTES, toBytes: contents.endBytes };
      const runSeconds = (contents.videoStartMs ?? 0) / 1000;
      const payloadSha256 = contents.seal();
      const chain = { previous: CHAIN_START, value: CHAIN_START };
      const { tail, span } = contents.closing({ ...identity, end: { endMs, repaired: false, payloadSha256, chain } });
      await copy.appendFile(tail);
      await copy.write(span.header, 0, span.header.length, span.atBytes);
      const moov = tail.subarray(0, readBoxHeader(tail, 0)?.sizeBytes ?? 0);
      return { identity, endMs, runSeconds, payloadSha256, payload, moov };
    } finally {
      await copy.close();
    }
  });
}

/** Where a segment of a camera lies: on the disk, or on a share. */
export type SegmentPlace = (camera: OwnedCamera, segment: StoredSegment) => PlacedSegment;
