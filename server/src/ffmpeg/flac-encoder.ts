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

export interface EncodedSound {
  /** As many as asked for. */
  readonly frames: readonly Buffer[];
  /** Why all of it is silence: what ffmpeg said of sound of which it could decode nothing. null: it was decoded. */
  readonly undecodable: string | null;
}

/**
 * The sound as FLAC frames, two channels of 16 bits. What cannot be decoded is silence, so that nothing behind it moves. Throws
 * `ffmpeg_missing`, `internal` when ffmpeg fails, and the signal's reason when it is aborted.
 */
export async function encodeFlac(
  ffmpeg: string,
  sound: Sound,
  clock: Clock,
  signal: AbortSignal,
): Promise<EncodedSound> {
  if (sound.frames === 0) return { frames: [], undecodable: null };
  const decoded = await encode({ ffmpeg, input: ["-f", "mp4", "-i", "pipe:0"], sound, clock, signal });
  if (decoded.frames.length === sound.frames) return { frames: decoded.frames, undecodable: null };
  const input = ["-f", "lavfi", "-i", `anullsrc=sample_rate=${sound.rateHz}:channel_layout=stereo`];
  const silence = await encode({ ffmpeg, input, sound, clock, signal });
  if (silence.frames.length === sound.frames) return { frames: silence.frames, undecodable: decoded.said };
  throw new NightjarError(
    "internal",
    `ffmpeg cannot convert sound to FLAC; it said: ${silence.said || decoded.said || "nothing"}`,
  );
}

interface Encoding {
  readonly ffmpeg: string;
  readonly input: readonly string[];
  readonly sound: Sound;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One run of ffmpeg. It counts as well done when all frames are there: with many damaged packets it fails, and has done its work. */
async function encode({ ffmpeg, input, sound, clock, signal }: Encoding): Promise<{ frames: Buffer[]; said: string }> {
  signal.throwIfAborted();
  const chunks: Buffer[] = [];
  const run = new SupervisedProcess(
    {
      program: ffmpeg,
      arguments: [...["-hide_banner", "-loglevel", "error"], ...input, ...flacArguments(sound)],
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
  return { frames: flacFrames(Buffer.concat(chunks)), said: end.lines.at(-1) ?? "" };
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
    ...["-map", "0:a:0", "-af", filter],
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
