import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { readSingleTrack, singleTrackMp4, type WholeSample } from "../media/isobmff/single-track.ts";
import type { VideoHead } from "./picture-encoder.ts";
import { runFfmpeg } from "./run-once.ts";

/** Seconds of video take a fraction of them; what takes this long hangs, or the machine is far too slow. */
const ENCODING_MS = 60_000;
/** Recording goes first. */
const NICENESS = 10;
/** Larger pictures are made smaller: of 4K two cores do not manage a second in a second. */
const MAX_HEIGHT = 1080;

export interface H264Video {
  /** A whole `avc1` box (ISO/IEC 14496-15, 5.4.2.1). */
  readonly sampleEntry: Buffer;
  /** In the order in which they are shown, each of which is that in which it is decoded. */
  readonly pictures: readonly { readonly bytes: Buffer; readonly sync: boolean }[];
}

/**
 * Video as H.264: one picture for each of the samples, which begin with a sync sample, as long as all can be decoded. Fast rather than small:
 * somebody waits for it. Throws `ffmpeg_missing`, `internal` when nothing comes out, and the signal's reason.
 */
export async function encodeH264(
  ffmpeg: string,
  head: VideoHead,
  samples: readonly Omit<WholeSample, "decodeTicks">[],
  clock: Clock,
  signal: AbortSignal,
): Promise<H264Video> {
  const run = {
    ...{ ffmpeg, arguments: H264_ARGUMENTS, limitMs: ENCODING_MS, niceness: NICENESS },
    stdin: singleTrackMp4(head, head.trackId, samples),
    purpose: "This video must be converted for the browser",
  };
  const { bytes, said } = await runFfmpeg(run, clock, signal);
  const video = readSingleTrack(bytes);
  if (video === null || video.samples.length === 0)
    throw new NightjarError("internal", `This video cannot be converted; ffmpeg said: ${said}`);
  return { sampleEntry: video.sampleEntry, pictures: video.samples };
}

const SIZE = `scale=w=trunc(iw*min(1\\,${MAX_HEIGHT}/ih)/2)*2:h=trunc(min(ih\\,${MAX_HEIGHT})/2)*2`;

const H264_ARGUMENTS: readonly string[] = [
  ...["-hide_banner", "-loglevel", "error", "-copyts", "-f", "mp4", "-i", "pipe:0", "-map", "0:v:0"],
  ...["-vf", `${SIZE},format=yuv420p`, "-fps_mode", "passthrough"],
  ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-crf", "26"],
  // Parts are decoded one after the other as one video: each brings its parameter sets, and has no other key frame than its first.
  ...["-x264-params", "repeat-headers=1:keyint=infinite:scenecut=0"],
  ...["-movflags", "+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"],
];
