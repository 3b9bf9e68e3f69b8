import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { boxBytes, boxesIn } from "../media/isobmff/box.ts";
import { packetsIn } from "../media/isobmff/flac-track.ts";
import { parseMoov } from "../media/isobmff/init-segment.ts";
import { parseMoof } from "../media/isobmff/movie-fragment.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { SupervisedProcess } from "./process.ts";

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
  signal.throwIfAborted();
  const chunks: Buffer[] = [];
  const run = new SupervisedProcess(
    {
      program: ffmpeg,
      arguments: flacArguments(sound),
      stdin: sound.mp4,
      onOutput: (chunk) => chunks.push(chunk),
      onErrorLine: () => {},
    },
    clock,
  );
  const stop = (): void => void run.stop();
  signal.addEventListener("abort", stop, { once: true });
  const cancel = clock.after(ENCODING_MS, stop);
  run.start();
  const end = await run.ended;
  cancel();
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (end.startError !== null) {
    throw new NightjarError(
      "ffmpeg_missing",
      `The sound of this footage must be converted for the browser, and the program ${ffmpeg} cannot be run. Install ffmpeg.`,
      { cause: end.startError },
    );
  }
  const frames = flacFrames(Buffer.concat(chunks));
  // Not the exit code: with many damaged packets ffmpeg fails, and has done its work.
  if (frames.length === sound.frames) return frames;
  const said = end.lines.at(-1) ?? "nothing";
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

/** None where the output is not whole. */
function flacFrames(mp4: Buffer): Buffer[] {
  try {
    const boxes = boxesIn(mp4, 0, mp4.length);
    const moov = boxes.find((box) => box.type === "moov");
    const defaults = moov === undefined ? undefined : parseMoov(boxBytes(mp4, moov)).tracks[0]?.defaults;
    if (defaults === undefined) return [];
    return boxes
      .filter((box) => box.type === "moof")
      .flatMap((moof) =>
        packetsIn(
          mp4.subarray(moof.start),
          parseMoof(boxBytes(mp4, moof), () => defaults),
        ),
      );
  } catch (error) {
    if (error instanceof MalformedMedia) return [];
    throw error;
  }
}
