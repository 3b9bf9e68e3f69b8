import type { Segment } from "@nightjar/api/recording";
import { segmentPath } from "../e2e/harness/footage-of.ts";
import { frameDueMs, type RigCamera } from "../e2e/rig/cameras.ts";
import { readFrameMarks } from "../e2e/rig/footage.ts";

/** A span without footage. Wall times at which the camera had to send the frames that are missing, first and end. */
export interface Hole {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** All recorded frames of one camera, read back from the pictures. */
export interface FrameRecord {
  readonly files: number;
  /** A sentence for each file that ffmpeg complains about, or with a frame that shows no number. */
  readonly unreadable: readonly string[];
  readonly frames: number;
  readonly repeatedFrames: number;
  readonly holes: readonly Hole[];
}

/** Reads all segments of a camera, oldest first. When a frame was due follows from its number, whatever the files say of their times. */
export async function readFrameRecord(
  camera: RigCamera,
  dataFolder: string,
  segments: readonly Segment[],
): Promise<FrameRecord> {
  const frameMs = 1000 / camera.scene.fps;
  const unreadable: string[] = [];
  const holes: Hole[] = [];
  let [frames, repeatedFrames] = [0, 0];
  let nextDueMs: number | null = null;
  for (const segment of segments) {
    const dueTimes = await readDueTimes(camera, segmentPath(dataFolder, segment), Date.parse(segment.start));
    if (typeof dueTimes === "string") unreadable.push(`${segment.camera_id}/${segment.name}: ${dueTimes}`);
    for (const dueMs of typeof dueTimes === "string" ? [] : dueTimes) {
      const apartMs = nextDueMs === null ? 0 : dueMs - nextDueMs;
      if (apartMs > frameMs / 2) holes.push({ fromMs: dueMs - apartMs, untilMs: dueMs });
      if (apartMs < -frameMs / 2) repeatedFrames++;
      frames++;
      nextDueMs = Math.max(nextDueMs ?? 0, dueMs + frameMs);
    }
  }
  return { files: segments.length, unreadable, frames, repeatedFrames, holes };
}

/** When each frame of a file was due, wall time; or what is wrong with the file. */
async function readDueTimes(camera: RigCamera, file: string, startMs: number): Promise<number[] | string> {
  try {
    const marks = await readFrameMarks(file);
    const times = marks.map((mark, i) =>
      mark === null ? null : frameDueMs(camera, mark.number, startMs + (i * 1000) / camera.scene.fps),
    );
    const readable = times.filter((time) => time !== null);
    return readable.length === marks.length
      ? readable
      : `${marks.length - readable.length} frames show no whole number`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
