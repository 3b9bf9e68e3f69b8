import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { readSingleTrack } from "../media/isobmff/single-track.ts";
import { runFfmpeg } from "./run-once.ts";

/** Some seconds of sound take a fraction of one; what takes this long hangs. */
const ENCODING_MS = 20_000;

export interface Sound {
  /** A whole MP4 file whose only track is sound, from time 0. */
  readonly mp4: Buffer;
  readonly rateHz: number;
  /** Samples of a frame to make, and how many of them: all of the sound and no more. */
  readonly frameSamples: number;
  readonly frames: number;
}

/**
 * The sound as FLAC frames, two channels of 16 bits: exactly as many as asked for, for what cannot be decoded is silence, and nothing
 * behind it moves. Throws `ffmpeg_missing`, `internal` when ffmpeg fails, and the signal's reason when it is aborted.
 */
export async function encodeFlac(ffmpeg: string, sound: Sound, clock: Clock, signal: AbortSignal): Promise<Buffer[]> {
  if (sound.frames === 0) return [];
  const run = {
    ...{ ffmpeg, arguments: flacArguments(sound), stdin: sound.mp4, limitMs: ENCODING_MS, niceness: 0 },
    purpose: "The sound of this footage must be converted for the browser",
  };
  const { bytes, said } = await runFfmpeg(run, clock, signal);
  const frames = (readSingleTrack(bytes)?.samples ?? []).map((sample) => sample.bytes);
  // Not the exit code: with many damaged packets ffmpeg fails, and has done its work.
  if (frames.length === sound.frames) return frames;
  throw new NightjarError(
    "internal",
    `ffmpeg made ${frames.length} of ${sound.frames} frames of FLAC; it said: ${said}`,
  );
}

/** Left and right, or both from the middle of a single channel at its full level; what surrounds goes into both. */
const TWO_CHANNELS = "pan=stereo|FL<FL+FC+BL+SL|FR<FR+FC+BR+SR";

function flacArguments({ rateHz, frameSamples, frames }: Sound): string[] {
  const samples = frames * frameSamples;
  // Samples stay at their places whatever is missing: silence fills holes, and the end is padded or cut.
  const filter = [
    TWO_CHANNELS,
    `aresample=${rateHz}:async=1:min_hard_comp=0.001:first_pts=0`,
    `apad=whole_len=${samples}`,
    `atrim=end_sample=${samples}`,
  ].join(",");
  return [
    ...["-hide_banner", "-loglevel", "error", "-f", "mp4", "-i", "pipe:0", "-map", "0:a:0", "-af", filter],
    ...["-c:a", "flac", "-frame_size", String(frameSamples), "-sample_fmt", "s16", "-threads", "1"],
    // Older ones call FLAC in MP4 experimental.
    ...["-strict", "experimental", "-movflags", "+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"],
  ];
}
