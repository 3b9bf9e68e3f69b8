import { type Client, createClient } from "@nightjar/api/client";
import type { Segment } from "@nightjar/api/recording";
import { listSegments } from "./harness/footage-of.ts";
import { waitFor } from "./harness/wait.ts";
import type { Scene, SceneOptions } from "./rig/scene.ts";

export const SEGMENT_SECONDS = 20;
/** How much of each camera the tests look at. */
const RECORDED_MS = 180_000;
const SCENE_SECONDS = 240;

/** What the four cameras send, and which sound their recordings must have. */
export const SHARED_CAMERAS = [
  {
    name: "Gate",
    sends: "H.264 and AAC",
    records: { video: { ffprobe: "h264", mediabunny: "avc" }, audio: "aac" },
    scene: scene({ id: 0, codec: "h264", width: 640, height: 360, fps: 15, gopFrames: 30, audio: "aac" }),
  },
  {
    name: "Yard",
    sends: "H.265 without sound",
    records: { video: { ffprobe: "hevc", mediabunny: "hevc" }, audio: null },
    scene: scene({ id: 1, codec: "h265", width: 384, height: 216, fps: 10, gopFrames: 20, audio: "none" }),
  },
  {
    name: "Hall",
    sends: "H.264 and G.711",
    records: { video: { ffprobe: "h264", mediabunny: "avc" }, audio: "aac" },
    scene: scene({ id: 2, codec: "h264", width: 320, height: 180, fps: 25, gopFrames: 50, audio: "pcmu" }),
  },
  {
    name: "Store",
    sends: "H.264 without sound",
    records: { video: { ffprobe: "h264", mediabunny: "avc" }, audio: null },
    scene: scene({ id: 3, codec: "h264", width: 640, height: 360, fps: 12.5, gopFrames: 25, audio: "none" }),
  },
] as const;

/** A fifth camera, for what must hold at a usual camera's size: 1080p25. Short, since it takes long to make, and repeated. */
export const LARGE_CAMERA = {
  name: "Square",
  scene: { id: 7, codec: "h264", width: 1920, height: 1080, fps: 25, gopFrames: 50, seconds: 30, audio: "none" },
} as const satisfies { name: string; scene: SceneOptions };
export const SQUARE = SHARED_CAMERAS.length;

/** One of them has a second, smaller stream; only its picture says which it is. */
export const STORE = 3;
export const STORE_SUB = scene({
  id: 5,
  codec: "h264",
  width: 320,
  height: 180,
  fps: 10,
  gopFrames: 20,
  audio: "pcmu",
});

function scene(options: Omit<SceneOptions, "seconds">): SceneOptions {
  return { ...options, seconds: SCENE_SECONDS };
}

export interface RecordedCamera {
  readonly id: number;
  readonly scene: Scene;
  /** Of its second stream, where it has one. */
  readonly sub: Scene | null;
  readonly epochMs: number;
}

/** The recording that all tests look at: made once by the global setup, which hands this on in the environment. */
export interface SharedRecording {
  readonly baseUrl: string;
  readonly token: string;
  readonly dataFolder: string;
  /** In the order of SHARED_CAMERAS, and the large one. */
  readonly cameras: readonly RecordedCamera[];
}

const VARIABLE = "E2E_SHARED_RECORDING";

export function handOn(recording: SharedRecording): void {
  process.env[VARIABLE] = JSON.stringify(recording);
}

export function sharedRecording(): SharedRecording & { readonly client: Client } {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error("The shared recording was not started: run through playwright.config.ts.");
  const recording = JSON.parse(text) as SharedRecording;
  return { ...recording, client: createClient({ baseUrl: recording.baseUrl, token: () => recording.token }) };
}

/** One of the five, with what it sends. */
export function sharedCamera(index: number): RecordedCamera {
  const camera = sharedRecording().cameras[index];
  if (camera === undefined) throw new Error(`There is no shared camera ${index}.`);
  return camera;
}

/** Waits until a camera has three minutes in closed segments, and answers these, oldest first. */
export function threeMinutes(cameraId: number): Promise<Segment[]> {
  return closedSegments(cameraId, RECORDED_MS);
}

/** Waits until a camera has so many milliseconds in closed segments, and answers the fewest that have them, from the first on. */
export function closedSegments(cameraId: number, leastMs: number): Promise<Segment[]> {
  const recording = sharedRecording();
  const probe = async () => {
    const closed = (await listSegments(recording, cameraId)).filter((segment) => segment.state === "closed");
    const first = closed[0];
    if (first === undefined) return undefined;
    const last = closed.findIndex((one) => Date.parse(one.end) - Date.parse(first.start) >= leastMs);
    return last === -1 ? undefined : closed.slice(0, last + 1);
  };
  // Two segments more than asked: the first one is short, and files may be closed up to half a segment late.
  const withinMs = leastMs + 2 * SEGMENT_SECONDS * 1000;
  return waitFor(`camera ${cameraId} to have ${leastMs / 1000} s in closed segments`, probe, {
    withinMs,
    everyMs: 500,
  });
}
