import { frameTimesMs, readFrameMarks } from "./footage.ts";
import type { Scene } from "./scene.ts";
import { runTool } from "./tool.ts";

const SAMPLE_RATE_HZ = 8000;
const LOUD = 3000;
/** A beep lasts 100 ms; after it, silence for longer than this. */
const LEAST_PAUSE_SAMPLES = SAMPLE_RATE_HZ / 4;

/**
 * How sound and picture of a connection belong together is certain from the camera's first RTCP sender report on (the rig's cameras send two
 * a second); what came before it lies where the camera's RTP-Info puts it.
 */
export const SOUND_SETTLED_MS = 3000;

/**
 * For each whole beep of a file from `fromMs` on: how many milliseconds later than the flash of its second it sounds (from -500 to 500).
 * The truth about the flash is the frame numbers: it is on those that begin a second.
 */
export async function soundOffsetsMs(file: string, scene: Scene, fromMs = 0): Promise<number[]> {
  const marks = await readFrameMarks(file);
  const times = await frameTimesMs(file);
  const flashesMs = times.filter((_time, i) => (marks[i]?.number ?? Number.NaN) % scene.fps === 0);
  if (flashesMs.length === 0) throw new Error(`${file} shows no frame that begins a second`);
  const beepsMs = (await beepTimesMs(file)).filter((beepMs) => beepMs >= fromMs);
  return beepsMs.map((beepMs) => {
    const offsetsMs = flashesMs.map((flashMs) => beepMs - flashMs);
    const nearestMs = offsetsMs.reduce((best, one) => (Math.abs(one) < Math.abs(best) ? one : best));
    return ((((nearestMs + 500) % 1000) + 1000) % 1000) - 500;
  });
}

async function beepTimesMs(file: string): Promise<number[]> {
  // Silence is put in where the file has no sound (without the bound only from 100 ms on), so that a sample's place is its time in the file.
  const filter = `aresample=${SAMPLE_RATE_HZ}:async=1:min_hard_comp=0.01:first_pts=0`;
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
