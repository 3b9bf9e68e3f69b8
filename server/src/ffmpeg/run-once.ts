import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { SupervisedProcess } from "./process.ts";

export interface FfmpegRun {
  /** The program. */
  readonly ffmpeg: string;
  readonly arguments: readonly string[];
  readonly stdin: Buffer;
  /** Ended when it takes longer: it hangs. */
  readonly limitMs: number;
  /** 0 to 19: how far others go before it. */
  readonly niceness: number;
  /** What it is needed for, as a sentence, where the program is missing. */
  readonly purpose: string;
}

export interface FfmpegOutput {
  readonly bytes: Buffer;
  /** The last that it said; for messages. */
  readonly said: string;
}

/**
 * Runs ffmpeg on bytes in memory and answers what it writes, whole or not: whether it is enough is for the caller to see, as ffmpeg also fails
 * when it has only seen damaged packets. It ends with this process, for its input and output end. Throws `ffmpeg_missing`, and the signal's
 * reason when that is aborted.
 */
export async function runFfmpeg(run: FfmpegRun, clock: Clock, signal: AbortSignal): Promise<FfmpegOutput> {
  signal.throwIfAborted();
  const chunks: Buffer[] = [];
  const { ffmpeg: program, arguments: programArguments, stdin, niceness } = run;
  const onOutput = (chunk: Buffer): void => void chunks.push(chunk);
  const process = new SupervisedProcess(
    { program, arguments: programArguments, stdin, niceness, onOutput, onErrorLine: () => {} },
    clock,
  );
  const stop = (): void => void process.stop();
  signal.addEventListener("abort", stop, { once: true });
  const cancel = clock.after(run.limitMs, stop);
  process.start();
  const end = await process.ended;
  cancel();
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (end.startError !== null) {
    throw new NightjarError(
      "ffmpeg_missing",
      `${run.purpose}, and the program ${program} cannot be run. Install ffmpeg.`,
      { cause: end.startError },
    );
  }
  return { bytes: Buffer.concat(chunks), said: end.lines.at(-1) ?? "nothing" };
}
