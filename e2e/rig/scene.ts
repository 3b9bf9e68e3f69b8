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
  readonly audio: "none" | "aac" | "pcmu" | "pcma";
}

export interface Scene extends SceneOptions {
  readonly frames: number;
  /** MP4 (or QuickTime for Motion JPEG) with the video and, if it is AAC, the sound. */
  readonly videoFile: string;
  /** G.711 at 8 kHz without any container. */
  readonly g711File: string | null;
}

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
  const isG711 = options.audio === "pcmu" || options.audio === "pcma";
  const g711File = isG711 ? join(SCENE_FOLDER, `${key}.${options.audio}`) : null;
  await mkdir(SCENE_FOLDER, { recursive: true });
  if (!existsSync(videoFile)) {
    const bars = Buffer.concat(
      Array.from({ length: frames }, (_, number) => encodeBarCode({ scene: options.id, number })),
    );
    await makeFile(videoFile, (file) => runTool("ffmpeg", videoArguments(options, frames, file), bars));
  }
  if (g711File !== null && !existsSync(g711File))
    await makeFile(g711File, (file) => runTool("ffmpeg", g711Arguments(options, file)));
  return { ...options, frames, videoFile, g711File };
}

/** A scene that is quick to make, for tests that only need some camera: a key frame each second, no sound. */
export function makeSmallScene(codec: "h264" | "h265" = "h264"): Promise<Scene> {
  const size = { width: 320, height: 184, fps: 10, gopFrames: 10, seconds: 120 } as const;
  return makeScene({ ...size, id: 6, codec, audio: "none" });
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
  const sound = options.audio === "aac" ? ["-f", "lavfi", "-i", beeps(options.seconds, 16_000)] : [];
  const soundOutput = options.audio === "aac" ? ["-map", "2:a", "-c:a", "aac", "-b:a", "48k"] : [];
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

function g711Arguments(options: SceneOptions, file: string): string[] {
  const format = options.audio === "pcmu" ? "mulaw" : "alaw";
  const source = ["-f", "lavfi", "-i", beeps(options.seconds, 8000)];
  return ["-v", "error", "-nostdin", "-y", ...source, "-c:a", `pcm_${format}`, "-f", format, file];
}

function beeps(seconds: number, sampleRateHz: number): string {
  return `aevalsrc=exprs='if(lt(mod(t\\,1)\\,0.1)\\,0.7*sin(2*PI*1000*t)\\,0)':sample_rate=${sampleRateHz}:duration=${seconds}`;
}
