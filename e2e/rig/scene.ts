import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BAR_HEIGHT_SHARE, encodeBarCode } from "./bar-code.ts";
import { runTool } from "./tool.ts";

export interface SceneOptions {
  /** 0 to 7: burnt into every frame beside its number. */
  readonly id: number;
  readonly codec: "h264" | "h265" | "mjpeg";
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Frames from one key frame to the next. */
  readonly gopFrames: number;
  readonly seconds: number;
  readonly audio: "none" | SoundCodec;
  /** Number of its first frame, for a scene that goes on where another one ends. Default 0. */
  readonly firstNumber?: number;
}

/** What cameras send sound in. Those of MP4_SOUNDS lie in the scene's MP4, the others at 8 kHz in a file of their own. */
export type SoundCodec = "aac" | "opus" | "mp3" | "pcmu" | "pcma" | "g726";

export interface Scene extends SceneOptions {
  readonly frames: number;
  /** MP4 (or QuickTime for Motion JPEG) with the video and, if MP4 can hold it, the sound. */
  readonly videoFile: string;
  /** The file that has the sound, if there is any. */
  readonly soundFile: string | null;
}

const MP4_SOUNDS: Partial<Record<SceneOptions["audio"], readonly string[]>> = {
  aac: ["-c:a", "aac", "-b:a", "48k", "-ar", "16000"],
  opus: ["-c:a", "libopus", "-b:a", "48k", "-ar", "48000"],
  mp3: ["-c:a", "libmp3lame", "-b:a", "64k", "-ar", "32000"],
};
const RAW_SOUNDS: Partial<Record<SceneOptions["audio"], readonly string[]>> = {
  pcmu: ["-c:a", "pcm_mulaw", "-f", "mulaw"],
  pcma: ["-c:a", "pcm_alaw", "-f", "alaw"],
  g726: ["-c:a", "g726", "-b:a", "32k", "-f", "g726"],
};

/** Raised when the pictures change, so that cached scenes are made anew. */
const GENERATION = 1;
const SCENE_FOLDER = join(import.meta.dirname, "../../node_modules/.cache/nightjar-scenes");
const FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf";

/**
 * A scene of moving pictures whose every frame carries its number (see bar-code.ts), with a clock where the machine has a font, and a
 * beep and a flash at every full second where there is sound. Made once and kept.
 */
export async function makeScene(options: SceneOptions): Promise<Scene> {
  const frames = Math.round(options.seconds * options.fps);
  const key = createHash("sha256")
    .update(JSON.stringify([GENERATION, options]))
    .digest("hex")
    .slice(0, 16);
  const videoFile = join(SCENE_FOLDER, `${key}.${options.codec === "mjpeg" ? "mov" : "mp4"}`);
  const rawSound = RAW_SOUNDS[options.audio];
  const soundFile =
    options.audio === "none" ? null : rawSound ? join(SCENE_FOLDER, `${key}.${options.audio}`) : videoFile;
  await mkdir(SCENE_FOLDER, { recursive: true });
  if (!existsSync(videoFile)) {
    const bars = Buffer.concat(
      Array.from({ length: frames }, (_, i) =>
        encodeBarCode({ scene: options.id, number: (options.firstNumber ?? 0) + i }),
      ),
    );
    await makeFile(videoFile, (file) => runTool("ffmpeg", videoArguments(options, frames, file), bars));
  }
  if (rawSound !== undefined && soundFile !== null && !existsSync(soundFile)) {
    const source = ["-f", "lavfi", "-i", beeps(options.seconds, 8000)];
    await makeFile(soundFile, (file) =>
      runTool("ffmpeg", ["-v", "error", "-nostdin", "-y", ...source, ...rawSound, file]),
    );
  }
  return { ...options, frames, videoFile, soundFile };
}

/** A scene that is quick to make, for tests that only need some camera: a key frame each second. */
export function makeSmallScene(codec: "h264" | "h265" = "h264", audio: SceneOptions["audio"] = "none"): Promise<Scene> {
  const size = { width: 320, height: 184, fps: 10, gopFrames: 10, seconds: 120 } as const;
  return makeScene({ ...size, id: 6, codec, audio });
}

/**
 * One scene in three pieces that follow each other, big, small and big again: for a camera whose picture changes its size in mid-stream.
 * The numbers of the frames go on from piece to piece.
 */
export async function makeSwitchingScene(): Promise<{ readonly pieces: readonly Scene[]; readonly frames: number }> {
  const [fps, seconds] = [10, 8];
  const big = { width: 1280, height: 720 };
  const sizes = [big, { width: 640, height: 360 }, big];
  const piece = { id: 5, codec: "h264", fps, gopFrames: 10, seconds, audio: "none" } as const;
  const pieces: Scene[] = [];
  for (const [i, size] of sizes.entries())
    pieces.push(await makeScene({ ...piece, ...size, firstNumber: i * fps * seconds }));
  return { pieces, frames: pieces.length * fps * seconds };
}

/** Under another name first: a scene that was interrupted while being made must not be taken for a whole one. */
async function makeFile(file: string, make: (unfinished: string) => Promise<unknown>): Promise<void> {
  const unfinished = join(dirname(file), `${process.pid}-${basename(file)}`);
  await make(unfinished);
  await rename(unfinished, file);
}

function videoArguments(options: SceneOptions, frames: number, file: string): string[] {
  const { width, height, fps } = options;
  const size = `${width}x${height}`;
  const soundEncoder = MP4_SOUNDS[options.audio];
  const sound = soundEncoder === undefined ? [] : ["-f", "lavfi", "-i", beeps(options.seconds, 48_000)];
  const soundOutput = soundEncoder === undefined ? [] : ["-map", "2:a", ...soundEncoder];
  return [
    ...["-v", "error", "-nostdin", "-y"],
    ...["-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "20x2", "-framerate", `${fps}`, "-i", "pipe:0"],
    ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${fps}`],
    ...sound,
    ...["-filter_complex", pictureFilter(options), "-map", "[picture]", "-frames:v", `${frames}`],
    ...encoderArguments(options),
    ...soundOutput,
    file,
  ];
}

function pictureFilter(options: SceneOptions): string {
  const { width, height } = options;
  const barHeight = Math.round(height * BAR_HEIGHT_SHARE);
  const fontSize = Math.round(height / 8);
  const flash = `drawbox=x=${width - fontSize * 2}:y=${height - fontSize * 2}:w=${fontSize}:h=${fontSize}:color=white:t=fill:enable='lt(mod(t,1),0.1)'`;
  const clock = `drawtext=fontfile=${FONT}:text='%{pts\\:hms}':x=${fontSize}:y=h-2*${fontSize}:fontsize=${fontSize}:fontcolor=white:box=1:boxcolor=black`;
  const drawings = [options.audio === "none" ? [] : [flash], existsSync(FONT) ? [clock] : []].flat();
  return [
    `[0:v]scale=${width}:${barHeight}:flags=neighbor,format=yuv420p[bars]`,
    `[1:v][bars]${["overlay=0:0:shortest=1", ...drawings, "format=yuv420p"].join(",")}[picture]`,
  ].join(";");
}

function encoderArguments(options: SceneOptions): string[] {
  const pixels = options.width * options.height * options.fps;
  const rate = ["-b:v", `${Math.round(pixels / 12)}`];
  const gop = `${options.gopFrames}`;
  switch (options.codec) {
    case "h264":
      return ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", gop, "-sc_threshold", "0", ...rate];
    case "h265":
      return [
        ...["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", ...rate],
        ...["-x265-params", `log-level=error:keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:open-gop=0`],
      ];
    case "mjpeg":
      return ["-c:v", "mjpeg", "-huffman", "default", "-pix_fmt", "yuvj420p", "-q:v", "8"];
  }
}

function beeps(seconds: number, sampleRateHz: number): string {
  return `aevalsrc=exprs='if(lt(mod(t\\,1)\\,0.1)\\,0.7*sin(2*PI*1000*t)\\,0)':sample_rate=${sampleRateHz}:duration=${seconds}`;
}
