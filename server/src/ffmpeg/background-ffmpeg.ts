import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { type ProcessEnd, SupervisedProcess } from "./process.ts";

/** Steps aside for recording: of the processor what others leave, of the disk only what nobody else wants. */
const STEP_ASIDE = ["ionice", "-c", "3", "-t", "nice", "-n", "15"] as const;

export interface BackgroundRun {
  readonly ffmpeg: string;
  readonly arguments: readonly string[];
  /** Folder in which it runs: its arguments name files in there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told about every half second how much has been written, seconds of its output. */
  readonly onProgress: (seconds: number) => void;
}

/**
 * Runs ffmpeg at low priority until it has ended; answers the lines that it wrote to standard error. Throws `ffmpeg_missing`, `internal`
 * with its last line when it fails, and the signal's reason, after ffmpeg has ended.
 */
export async function backgroundFfmpeg(run: BackgroundRun): Promise<readonly string[]> {
  const [program, ...before] = STEP_ASIDE;
  let end = await runProgram(run, program, [...before, run.ffmpeg, ...run.arguments]);
  // Not on every system.
  if (end.startError !== null) end = await runProgram(run, run.ffmpeg, run.arguments);
  run.signal.throwIfAborted();
  const said = end.lines.at(-1) ?? "nothing";
  const missing = end.startError !== null || end.code === 126 || end.code === 127;
  if (missing) {
    throw new NightjarError("ffmpeg_missing", `The program ${run.ffmpeg} cannot be run (${said}). Install ffmpeg.`, {
      cause: end.startError,
    });
  }
  if (end.code !== 0) throw new NightjarError("internal", `ffmpeg failed (${end.signal ?? end.code}): ${said}`);
  return end.lines;
}

async function runProgram(
  run: BackgroundRun,
  program: string,
  programArguments: readonly string[],
): Promise<ProcessEnd> {
  run.signal.throwIfAborted();
  const ffmpeg = new SupervisedProcess(
    {
      program,
      arguments: programArguments,
      stdin: "",
      folder: run.folder,
      onOutput: (chunk) => {
        const told = [...chunk.toString("latin1").matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
        if (told !== undefined) run.onProgress(Number(told) / 1e6);
      },
      onErrorLine: () => {},
    },
    run.clock,
  );
  const stop = (): void => void ffmpeg.stop();
  run.signal.addEventListener("abort", stop, { once: true });
  ffmpeg.start();
  const end = await ffmpeg.ended;
  run.signal.removeEventListener("abort", stop);
  return end;
}
