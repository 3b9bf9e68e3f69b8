import { runProgram } from "./made-footage.contract.ts";

const WIDTH = 40;
const HEIGHT = 30;

/** Every picture of a file (video or JPEG) as a small grey one, to tell which is which; those that `scene` makes all differ. */
export async function shownFrames(path: string): Promise<Buffer[]> {
  const filter = `scale=${WIDTH}:${HEIGHT}:out_range=full,format=gray`;
  const arguments_ = ["-v", "fatal", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-vf", filter];
  const bytes = await runProgram("ffmpeg", [...arguments_, "-f", "rawvideo", "pipe:1"]);
  const count = bytes.length / (WIDTH * HEIGHT);
  return Array.from({ length: count }, (_, number) =>
    bytes.subarray(number * WIDTH * HEIGHT, (number + 1) * WIDTH * HEIGHT),
  );
}

/** The place among `frames` of the one that a picture shows. */
export function placeOf(picture: Buffer | undefined, frames: readonly Buffer[]): number {
  const distances = frames.map((frame) =>
    frame.reduce((sum, grey, at) => sum + Math.abs(grey - (picture?.[at] ?? 0)), 0),
  );
  return distances.indexOf(Math.min(...distances));
}
