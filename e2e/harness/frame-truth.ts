import type { Segment } from "@nightjar/api/recording";
import { readFrameMarks } from "../rig/footage.ts";
import type { Scene } from "../rig/scene.ts";
import { segmentPath } from "./footage-of.ts";

/** Which frame belongs to which wall time, by the recorded files: each one's start and the number of its first frame. */
export interface FrameTruth {
  /** Throws where there is no footage. */
  numberAt(wallMs: number): number;
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
  return {
    numberAt(wallMs) {
      const i = segments.findIndex((one) => Date.parse(one.start) <= wallMs && wallMs < Date.parse(one.end));
      const segment = segments[i];
      const first = firsts[i];
      if (segment === undefined || first === undefined)
        throw new Error(`no footage at ${new Date(wallMs).toISOString()}`);
      const frames = Math.floor(((wallMs - Date.parse(segment.start)) / 1000) * scene.fps);
      return (first + frames) % scene.frames;
    },
    difference(from, to) {
      const step = (((to - from) % scene.frames) + scene.frames) % scene.frames;
      return step > scene.frames / 2 ? step - scene.frames : step;
    },
  };
}
