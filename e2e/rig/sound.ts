import { readFrameMarks } from "./footage.ts";
import type { Scene } from "./scene.ts";
import { runTool } from "./tool.ts";

const SAMPLE_RATE_HZ = 8000;
const LOUD = 3000;
/** A beep lasts 100 ms; after it, silence for longer than this. */
const LEAST_PAUSE_SAMPLES = SAMPLE_RATE_HZ / 4;

/**
 * For each whole beep of a file: how many milliseconds later than the picture of its second it sounds, modulo one second (from -500 to
 * 500). The picture's truth is the frame numbers: the flash is on those that begin a second.
 */
export async function soundOffsetsMs(file: string, scene: Scene): Promise<number[]> {
  const marks = await readFrameMarks(file);
  const times = await frameTimesMs(file);
  const begin = marks.findIndex((mark) => mark !== null && mark.number % (scene.fps * 2) === 0);
  const flashMs = times[begin];
  if (flashMs === undefined) throw new Error(`${file} shows no frame that begins a second`);
  return (await beepTimesMs(file)).map((beepMs) => ((((beepMs - flashMs + 500) % 1000) + 1000) % 1000) - 500);
}

async function frameTimesMs(file: string): Promise<number[]> {
  const entries = ["-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0"];
  const { stdout } = await runTool("ffprobe", ["-v", "error", ...entries, file]);
  const lines = stdout.toString("utf8").split("\n");
  return lines.map((line) => Number.parseFloat(line) * 1000).filter((timeMs) => !Number.isNaN(timeMs));
}

async function beepTimesMs(file: string): Promise<number[]> {
  // Silence is put in where the file has no sound, so that a sample's place is its time in the file.
  const filter = `aresample=${SAMPLE_RATE_HZ}:async=1:first_pts=0`;
  const output = ["-map", "0:a:0", "-af", filter, "-ac", "1", "-f", "s16le", "pipe:1"];
  const { stdout, stderr } = await runTool("ffmpeg", ["-v", "error", "-nostdin", "-copyts", "-i", file, ...output]);
  if (stderr !== "") throw new Error(`ffmpeg complains about the sound of ${file}:\n${stderr}`);
  const beeps: number[] = [];
  let silentSamples = 0;
  for (let i = 0; i < stdout.length / 2; i++) {
    const isLoud = Math.abs(stdout.readInt16LE(i * 2)) > LOUD;
    if (isLoud && silentSamples > LEAST_PAUSE_SAMPLES) beeps.push((i / SAMPLE_RATE_HZ) * 1000);
    silentSamples = isLoud ? 0 : silentSamples + 1;
  }
  return beeps;
}
