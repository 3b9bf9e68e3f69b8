import type { Segment } from "@nightjar/api/recording";
import { frameTimesMs, readFrameMarks } from "../rig/footage.ts";
import type { Scene } from "../rig/scene.ts";
import { segmentPath } from "./footage-of.ts";

/** Wall times are told in whole milliseconds. */
const ROUNDING_MS = 1;

/** Which frame belongs to which wall time, by the recorded files: each one's start, and its frames' times and numbers. */
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
  const frames = (await Promise.all(segments.map((segment) => framesOf(recording.dataFolder, segment)))).flat();
  const difference = (from: number, to: number) => {
    const step = (((to - from) % scene.frames) + scene.frames) % scene.frames;
    return step > scene.frames / 2 ? step - scene.frames : step;
  };
  const indexAt = (wallMs: number) => {
    if (!segments.some((one) => Date.parse(one.start) <= wallMs && wallMs < Date.parse(one.end)))
      throw new Error(`no footage at ${new Date(wallMs).toISOString()}`);
    return frames.findLastIndex((frame) => frame.beginsMs <= wallMs + ROUNDING_MS);
  };
  const frameAt = (wallMs: number): TimedFrame => {
    const frame = frames[indexAt(wallMs)];
    if (frame === undefined) throw new Error(`no frame at ${new Date(wallMs).toISOString()}`);
    return frame;
  };
  return {
    numberAt: (wallMs) => frameAt(wallMs).number,
    timeOf(number, nearMs) {
      const away = difference(frameAt(nearMs).number, number);
      const found = frames[indexAt(nearMs) + away];
      return found?.number === number ? found.beginsMs : frameAt(nearMs).beginsMs + (away / scene.fps) * 1000;
    },
    difference,
  };
}

interface TimedFrame {
  readonly beginsMs: number;
  readonly number: number;
}

/** A camera may correct its times in its first seconds, so that not every frame lasts as long as the others. */
async function framesOf(dataFolder: string, segment: Segment): Promise<TimedFrame[]> {
  const file = segmentPath(dataFolder, segment);
  const [marks, timesMs] = await Promise.all([readFrameMarks(file), frameTimesMs(file)]);
  const startMs = Date.parse(segment.start) - (timesMs[0] ?? 0);
  return marks.map((mark, i) => ({ beginsMs: startMs + (timesMs[i] ?? Number.NaN), number: mark?.number ?? -1 }));
}
