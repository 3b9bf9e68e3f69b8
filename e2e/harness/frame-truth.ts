import type { Segment } from "@nightjar/api/recording";
import { readFrameMarks } from "../rig/footage.ts";
import type { Scene } from "../rig/scene.ts";
import { segmentPath } from "./footage-of.ts";

/** Which frame belongs to which wall time, by the recorded files: each one's start and the number of its first frame. */
export interface FrameTruth {
  /** Throws where there is no footage. */
  numberAt(wallMs: number): number;
  /** Wall time, nearest to `nearMs`, at which the frame begins. Throws where there is no footage. */
  timeOf(number: number, nearMs: number): number;
  /** The shortest way from one frame number to another, over the scene's end if need be: negative is back. */
  difference(from: number, to: number): number;
}

export async function frameTruth(
  recording: { dataFolder: string },
  scene: Scene,
  segments: readonly Segment[],
): Promise<FrameTruth> {
  const firsts = await Promise.all(
    segments.map(
      async (segment) => (await readFrameMarks(segmentPath(recording.dataFolder, segment)))[0]?.number ?? -1,
    ),
  );
  const difference = (from: number, to: number) => {
    const step = (((to - from) % scene.frames) + scene.frames) % scene.frames;
    return step > scene.frames / 2 ? step - scene.frames : step;
  };
  const frameAt = (wallMs: number) => {
    const i = segments.findIndex((one) => Date.parse(one.start) <= wallMs && wallMs < Date.parse(one.end));
    const segment = segments[i];
    const first = firsts[i];
    if (segment === undefined || first === undefined)
      throw new Error(`no footage at ${new Date(wallMs).toISOString()}`);
    const startMs = Date.parse(segment.start);
    const frames = Math.floor(((wallMs - startMs) / 1000) * scene.fps);
    return { number: (first + frames) % scene.frames, beginsMs: startMs + (frames / scene.fps) * 1000 };
  };
  return {
    numberAt: (wallMs) => frameAt(wallMs).number,
    timeOf(number, nearMs) {
      const near = frameAt(nearMs);
      return near.beginsMs + (difference(near.number, number) / scene.fps) * 1000;
    },
    difference,
  };
}
