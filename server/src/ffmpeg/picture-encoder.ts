import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { readSingleTrack, singleTrackMp4, type WholeSample } from "../media/isobmff/single-track.ts";
import { runFfmpeg } from "./run-once.ts";

/** A picture of 8K takes a second on a slow core; what takes this long hangs. */
const DECODING_MS = 30_000;
/** Pictures are made when there is time: recording goes first. */
const NICENESS = 10;
const THUMBNAIL_QUALITY = 5;
const FRAME_QUALITY = 2;

/** The video of a segment: what its samples need to be decoded. */
export interface VideoHead {
  readonly ftyp: Buffer;
  readonly moov: Buffer;
  readonly trackId: number;
  readonly timescale: number;
}

export interface PictureEncoder {
  /** The program. */
  readonly ffmpeg: string;
  readonly clock: Clock;
}

export interface ThumbnailSize {
  /** Pixels. */
  readonly width: number;
  /** Width ÷ height in which it is shown; null: that of its own stream. */
  readonly aspect: number | null;
}

/**
 * Each key frame (the bytes of a sync sample) as a JPEG of this size; null for those that could not
 * be decoded. Their tables are those of every such picture, so that they can be stacked. Throws `ffmpeg_missing` and the signal's reason.
 */
export async function encodeThumbnails(
  encoder: PictureEncoder,
  head: VideoHead,
  keyFrames: readonly Buffer[],
  size: ThumbnailSize,
  signal: AbortSignal,
): Promise<(Buffer | null)[]> {
  if (keyFrames.length === 0) return [];
  const samples = keyFrames.map((bytes) => ({
    ...{ bytes, sizeBytes: bytes.length, durationTicks: head.timescale, sync: true, compositionOffsetTicks: 0 },
  }));
  const { width, aspect } = size;
  const filter = `scale=w=${width}:h=max(2\\,round(${width}/${aspect ?? "dar"}/2)*2):flags=area:out_range=full,setsar=1`;
  const { bytes } = await runFfmpeg(
    {
      ...{ ffmpeg: encoder.ffmpeg, limitMs: DECODING_MS, niceness: NICENESS },
      arguments: pictureArguments(filter, THUMBNAIL_QUALITY, []),
      stdin: singleTrackMp4(head, head.trackId, samples),
      purpose: "Thumbnails are made with ffmpeg",
    },
    encoder.clock,
    signal,
  );
  const pictures = readSingleTrack(bytes)?.samples ?? [];
  if (pictures.length === keyFrames.length) return pictures.map((picture) => picture.bytes);
  if (keyFrames.length === 1) return [null];
  // One of them cannot be decoded, and nothing tells which.
  const half = keyFrames.length >> 1;
  const before = await encodeThumbnails(encoder, head, keyFrames.slice(0, half), size, signal);
  return [...before, ...(await encodeThumbnails(encoder, head, keyFrames.slice(half), size, signal))];
}

/**
 * One picture at its full size as a JPEG: that of the sample which is shown at `shownTicks`, counted from the decode time of the first.
 * `samples` begin with a sync sample. Throws like `encodeThumbnails`, and `internal` when it cannot be decoded.
 */
export async function encodeFrame(
  { ffmpeg, clock }: PictureEncoder,
  head: VideoHead,
  samples: readonly Omit<WholeSample, "decodeTicks">[],
  shownTicks: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const filter = `select=gte(pts\\,${shownTicks}),scale=out_range=full`;
  const { bytes, said } = await runFfmpeg(
    {
      ...{ ffmpeg, limitMs: DECODING_MS, niceness: NICENESS },
      arguments: pictureArguments(filter, FRAME_QUALITY, ["-frames:v", "1"]),
      stdin: singleTrackMp4(head, head.trackId, samples),
      purpose: "Pictures are made with ffmpeg",
    },
    clock,
    signal,
  );
  const picture = readSingleTrack(bytes)?.samples[0]?.bytes;
  if (picture === undefined)
    throw new NightjarError("internal", `This picture cannot be decoded; ffmpeg said: ${said}`);
  return picture;
}

function pictureArguments(filter: string, quality: number, limit: readonly string[]): string[] {
  return [
    ...["-hide_banner", "-loglevel", "error", "-threads", "1", "-copyts", "-f", "mp4", "-i", "pipe:0"],
    ...["-map", "0:v:0", "-vf", filter, "-fps_mode", "passthrough", ...limit],
    // The usual tables and no restart markers in every picture: they differ in what they show, and in nothing else.
    ...["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", String(quality), "-huffman", "default", "-threads", "1"],
    ...["-movflags", "+empty_moov+default_base_moof+frag_every_frame", "-f", "mp4", "pipe:1"],
  ];
}
