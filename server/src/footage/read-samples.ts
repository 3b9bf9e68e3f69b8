import type { WholeSample } from "../media/isobmff/single-track.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import type { IndexedFragment } from "./fragment-index.ts";
import { readAt, type ScannedFragment, type SegmentHead } from "./segment-scan.ts";
import type { SegmentHandle } from "./segment-source.ts";

/** The samples of one track of a fragment, in decode order; nothing where it has none. Rejects with the system's error. */
export async function readSamples(
  handle: SegmentHandle,
  fragment: ScannedFragment,
  trackId: number,
): Promise<WholeSample[]> {
  const found: WholeSample[] = [];
  for (const track of fragment.tracks) {
    if (track.trackId !== trackId) continue;
    let decodeTicks = track.decodeTimeTicks;
    for (const run of track.runs) {
      const sizeBytes = run.samples.reduce((sum, sample) => sum + sample.sizeBytes, 0);
      const bytes = await readAt(handle, fragment.offsetBytes + run.dataOffsetBytes, sizeBytes);
      let at = 0;
      for (const sample of run.samples) {
        found.push({ ...sample, decodeTicks, bytes: bytes.subarray(at, at + sample.sizeBytes) });
        at += sample.sizeBytes;
        decodeTicks += sample.durationTicks;
      }
    }
  }
  return found;
}

/** The sync sample at the start of an indexed fragment. Throws MalformedMedia where it has none; rejects with the system's error. */
export async function readKeyFrame(handle: SegmentHandle, { offsetBytes, key }: IndexedFragment): Promise<Buffer> {
  if (key === null) throw new MalformedMedia("a fragment without a sync sample");
  return readAt(handle, offsetBytes + key.offsetBytes, key.sizeBytes);
}

/** The video track of a segment, with what its samples need to be decoded. Throws MalformedMedia when it has none. */
export function videoOf({ ftyp, moov, init }: SegmentHead) {
  const track = init.tracks.find((candidate) => candidate.kind === "video");
  if (track === undefined) throw new MalformedMedia("the segment has no video track");
  return { ftyp, moov, trackId: track.id, timescale: track.timescale, track };
}
