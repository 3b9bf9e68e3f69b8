import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Scene } from "../e2e/rig/scene.ts";
import { runTool } from "../e2e/rig/tool.ts";

const FOLDER = join(import.meta.dirname, "../node_modules/.cache/nightjar-scenes");
const SECONDS = 60;
const FPS = 25;
const SIZE = { width: 1920, height: 1080 };
const GOP_FRAMES = 50;
const BIT_RATE = "2M";

/**
 * What a usual camera sends: 1080p25 at 2 Mbit/s with a key frame every 2 s, and sound. Without the numbers of `makeScene`, whose pictures
 * take twice the bits; the noise makes the frames' sizes a camera's. Made once and kept.
 */
export async function makeCameraScene(audio: "aac" | "pcmu"): Promise<Scene> {
  await mkdir(FOLDER, { recursive: true });
  const videoFile = await made("camera-1080p25.mp4", [
    ...["-f", "lavfi", "-i", `testsrc2=size=${SIZE.width}x${SIZE.height}:rate=${FPS},noise=alls=6:allf=t`],
    ...["-f", "lavfi", "-i", soundSource(16_000), "-t", `${SECONDS}`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", `${GOP_FRAMES}`, "-sc_threshold", "0"],
    ...["-pix_fmt", "yuv420p", "-b:v", BIT_RATE, "-maxrate", BIT_RATE, "-bufsize", BIT_RATE],
    ...["-c:a", "aac", "-b:a", "48k"],
  ]);
  const g711 = ["-f", "lavfi", "-i", soundSource(8000), "-t", `${SECONDS}`, "-c:a", "pcm_mulaw", "-f", "mulaw"];
  const soundFile = audio === "pcmu" ? await made("camera-sound.pcmu", g711) : videoFile;
  const shape = { id: 0, codec: "h264", ...SIZE, fps: FPS, gopFrames: GOP_FRAMES, seconds: SECONDS } as const;
  return { ...shape, audio, frames: SECONDS * FPS, videoFile, soundFile };
}

/** A beep each second over a noisy background: an encoder has something to do. */
function soundSource(sampleRateHz: number): string {
  const sample = "if(lt(mod(t\\,1)\\,0.1)\\,0.7*sin(2*PI*1000*t)\\,0.1*(random(0)-0.5))";
  return `aevalsrc=exprs='${sample}':sample_rate=${sampleRateHz}`;
}

async function made(name: string, args: readonly string[]): Promise<string> {
  const file = join(FOLDER, name);
  if (existsSync(file)) return file;
  // Under another name first: what was interrupted must not be taken for whole.
  const unfinished = join(FOLDER, `${process.pid}-${name}`);
  await runTool("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args, unfinished]);
  await rename(unfinished, file);
  return file;
}
