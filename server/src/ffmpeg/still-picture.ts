import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { SupervisedProcess } from "./process.ts";

/** A key frame takes a fraction of a second; what takes this long hangs. */
const DECODING_MS = 10_000;
const NICENESS = 10;

/**
 * The first picture of fragmented MP4 (an init and a sync fragment) as JPEG at full size. Throws `ffmpeg_missing`, and `internal` where
 * nothing could be decoded.
 */
export async function stillPicture(ffmpeg: string, mp4: Buffer, clock: Clock): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const run = new SupervisedProcess(
    {
      program: ffmpeg,
      arguments: [
        ...["-hide_banner", "-loglevel", "error", "-threads", "1", "-f", "mp4", "-i", "pipe:0", "-map", "0:v:0"],
        ...["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg", "pipe:1"],
      ],
      stdin: mp4,
      niceness: NICENESS,
      onOutput: (chunk) => chunks.push(chunk),
      onErrorLine: () => {},
    },
    clock,
  );
  run.start();
  const cancel = clock.after(DECODING_MS, () => void run.stop());
  const end = await run.ended;
  cancel();
  if (end.startError !== null) {
    throw new NightjarError("ffmpeg_missing", `The program ${ffmpeg} cannot be run. Install ffmpeg.`, {
      cause: end.startError,
    });
  }
  const jpeg = Buffer.concat(chunks);
  if (jpeg.length > 0) return jpeg;
  throw new NightjarError("internal", `ffmpeg made no picture; it said: ${end.lines.at(-1) ?? "nothing"}`);
}
