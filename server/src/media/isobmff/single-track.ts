import { MalformedMedia } from "../malformed-media.ts";
import { boxBytes, boxesIn } from "./box.ts";
import { type InitTrack, parseMoov } from "./init-segment.ts";
import { fragmentHead, moovOfTrack } from "./made-fragment.ts";
import { parseMoof, type Sample } from "./movie-fragment.ts";

/** A sample with its bytes. */
export interface WholeSample extends Sample {
  readonly bytes: Buffer;
  readonly decodeTicks: number;
}

/** The `ftyp` and `moov` of a segment's head. */
interface Head {
  readonly ftyp: Buffer;
  readonly moov: Buffer;
}

/** What a program needs to decode these samples: a whole file with only their track, from decode time 0. Throws MalformedMedia. */
export function singleTrackMp4(
  head: Head,
  trackId: number,
  samples: readonly Omit<WholeSample, "decodeTicks">[],
): Buffer {
  const bytes = samples.map((sample) => sample.bytes);
  const track = { id: trackId, decodeTimeTicks: 0, samples };
  return Buffer.concat([head.ftyp, moovOfTrack(head.moov, trackId), fragmentHead([track]), ...bytes]);
}

/** `ftyp` and `moov` of a segment's head with one of its tracks only. Throws MalformedMedia. */
export function singleTrackInit(head: Head, trackId: number): Buffer {
  return Buffer.concat([head.ftyp, moovOfTrack(head.moov, trackId)]);
}

export interface SingleTrack {
  /** The whole box that describes its samples. */
  readonly sampleEntry: Buffer;
  readonly samples: readonly WholeSample[];
}

/** A fragmented file with one track, as a program has written it: null where that is not whole. */
export function readSingleTrack(mp4: Buffer): SingleTrack | null {
  try {
    const boxes = boxesIn(mp4, 0, mp4.length);
    const moovBox = boxes.find((box) => box.type === "moov");
    const moov = moovBox === undefined ? undefined : boxBytes(mp4, moovBox);
    const track = moov === undefined ? undefined : parseMoov(moov).tracks[0];
    if (moov === undefined || track === undefined) return null;
    const entryAt = track.sampleEntryAt - 4;
    const moofs = boxes.filter((box) => box.type === "moof");
    return {
      sampleEntry: moov.subarray(entryAt, entryAt + moov.readUInt32BE(entryAt)),
      samples: moofs.flatMap((moof) => samplesOf(mp4.subarray(moof.start), boxBytes(mp4, moof), track)),
    };
  } catch (error) {
    if (error instanceof MalformedMedia) return null;
    throw error;
  }
}

function samplesOf(fragment: Buffer, moof: Buffer, track: InitTrack): WholeSample[] {
  const found: WholeSample[] = [];
  for (const { decodeTimeTicks, runs } of parseMoof(moof, () => track.defaults)) {
    let decodeTicks = decodeTimeTicks;
    for (const run of runs) {
      let at = run.dataOffsetBytes;
      for (const sample of run.samples) {
        found.push({ ...sample, decodeTicks, bytes: fragment.subarray(at, at + sample.sizeBytes) });
        at += sample.sizeBytes;
        decodeTicks += sample.durationTicks;
      }
    }
  }
  return found;
}
