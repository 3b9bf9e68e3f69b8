import type { Clock } from "../base/clock.ts";
import { type Fragment, FragmentReader, type StreamInit } from "../media/isobmff/fragment-reader.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { encoderArguments } from "./audio-plan.ts";
import { SupervisedProcess } from "./process.ts";

/** Whoever watches waits; whatever records must not. */
const NICENESS = 10;
const FRAGMENT_MICROSECONDS = 250_000;
/** Pictures beyond this are made smaller: a camera of 4K would take more than a core. */
const MAX_HEIGHT = 1080;
const KEY_FRAME_SECONDS = 2;

export interface LiveTranscodeOptions {
  readonly ffmpeg: string;
  /** `h264`: the video is encoded; `copy`: it stays as it is. */
  readonly video: "h264" | "copy";
  readonly sound: "aac" | "copy";
  readonly onPart: (part: StreamInit | Fragment) => void;
  /** It has ended by itself; `reason`: what it said last. */
  readonly onEnd: (reason: string) => void;
}

/** One ffmpeg that converts fragmented MP4 as it comes. `start()`, then an init and fragments by `write`, then `close()`. */
export class LiveTranscode {
  readonly #process: SupervisedProcess;
  #closed = false;

  constructor(options: LiveTranscodeOptions, clock: Clock) {
    const reader = new FragmentReader();
    this.#process = new SupervisedProcess(
      {
        program: options.ffmpeg,
        arguments: transcodeArguments(options),
        stdin: null,
        niceness: NICENESS,
        onErrorLine: () => {},
        onOutput: (chunk) => {
          if (!this.#closed) this.#deliver(reader, chunk, options);
        },
      },
      clock,
    );
    void this.#process.ended.then(({ lines, startError }) => {
      if (!this.#closed) options.onEnd(startError?.message ?? lines.at(-1) ?? "nothing");
    });
  }

  /** Bytes that ffmpeg has not read yet. */
  get waitingBytes(): number {
    return this.#process.unreadBytes;
  }

  start(): void {
    this.#process.start();
  }

  write(bytes: Buffer, done: () => void): void {
    this.#process.write(bytes, done);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process.stop();
  }

  #deliver(reader: FragmentReader, chunk: Buffer, { onPart, onEnd }: LiveTranscodeOptions): void {
    try {
      for (const part of reader.push(chunk)) onPart(part);
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      void this.close();
      onEnd(error.message);
    }
  }
}

function transcodeArguments({ video, sound }: Pick<LiveTranscodeOptions, "video" | "sound">): string[] {
  return [
    // It must not wait to learn what the init has told already.
    ...["-hide_banner", "-nostats", "-loglevel", "error", "-probesize", "32", "-analyzeduration", "0"],
    ...["-fflags", "+nobuffer", "-flags", "low_delay", "-threads", "2", "-f", "mp4", "-i", "pipe:0"],
    ...["-map", "0:v:0", ...(video === "copy" ? ["-c:v", "copy"] : H264)],
    ...["-map", "0:a:0?", ...(sound === "copy" ? ["-c:a", "copy"] : encoderArguments("aac"))],
    ...["-max_interleave_delta", "1000000"],
    ...["-movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov+skip_trailer"],
    ...["-frag_duration", String(FRAGMENT_MICROSECONDS), "-flush_packets", "1", "-f", "mp4", "pipe:1"],
  ];
}

const H264 = [
  ...["-vf", `scale=-2:min(${MAX_HEIGHT}\\,ih)`, "-fps_mode", "passthrough"],
  ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-crf", "26", "-pix_fmt", "yuv420p"],
  ...["-force_key_frames", `expr:gte(t,n_forced*${KEY_FRAME_SECONDS})`, "-threads", "2"],
];
