import { addCamera, listSegments, segmentPath } from "../e2e/harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import { waitFor } from "../e2e/harness/wait.ts";
import type { FrameMark } from "../e2e/rig/bar-code.ts";
import { startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../e2e/rig/footage.ts";
import { makeScene, type Scene } from "../e2e/rig/scene.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";

const CUTS = 20;
const SEGMENT_SECONDS = 10;
/** Longer than the recording: no frame number comes twice. */
const SCENE_SECONDS = (CUTS + 5) * SEGMENT_SECONDS;

const CAMERAS = [
  {
    label: "H.264 + AAC",
    scene: { id: 0, codec: "h264", width: 640, height: 360, fps: 15, gopFrames: 30, audio: "aac" },
  },
  { label: "H.265", scene: { id: 1, codec: "h265", width: 384, height: 216, fps: 10, gopFrames: 20, audio: "none" } },
  {
    label: "H.264 + G.711",
    scene: { id: 2, codec: "h264", width: 320, height: 180, fps: 25, gopFrames: 50, audio: "pcmu" },
  },
] as const;

export const lostFrames: Benchmark = {
  name: "lost-frames",
  about: `Frame numbers burnt into the source, read back from the recording: ${CUTS} cuts of ${SEGMENT_SECONDS} s segments, RTSP cameras.`,
  async run(report) {
    report("making the scenes");
    const scenes: Scene[] = [];
    for (const { scene } of CAMERAS) scenes.push(await makeScene({ ...scene, seconds: SCENE_SECONDS }));
    const rig = await startCameras(scenes.map((scene) => ({ scene })));
    const nightjar = await startNightjar();
    try {
      const ids: number[] = [];
      for (const [i, { url }] of rig.entries()) {
        const recording = { segment_seconds: SEGMENT_SECONDS };
        ids.push((await addCamera(nightjar, url, { name: CAMERAS[i]?.label ?? url, recording })).id);
      }
      report(`recording ${CUTS} cuts: ${Math.ceil(((CUTS + 1.5) * SEGMENT_SECONDS) / 60)} minutes`);
      const rows: Measurement[] = [];
      for (const [i, scene] of scenes.entries()) {
        const files = await decodedFiles(nightjar, ids[i] ?? 0);
        rows.push(...measure(CAMERAS[i]?.label ?? "", files, scene));
      }
      return rows;
    } finally {
      await nightjar.stop();
      await stopCameras(rig);
    }
  },
};

type Marks = readonly (FrameMark | null)[];

/** The frames of a camera's first closed files, as many as make the wanted number of cuts. */
async function decodedFiles(nightjar: Nightjar, cameraId: number): Promise<Marks[]> {
  const closed = await waitFor(
    `${CUTS + 1} closed segments of camera ${cameraId}`,
    async () => {
      const segments = (await listSegments(nightjar, cameraId)).filter((segment) => segment.state === "closed");
      return segments.length > CUTS ? segments.slice(0, CUTS + 1) : undefined;
    },
    { withinMs: SCENE_SECONDS * 1000, everyMs: 1000, onTimeout: nightjar.logText },
  );
  const files: Marks[] = [];
  for (const segment of closed) files.push(await readFrameMarks(segmentPath(nightjar.dataFolder, segment)));
  return files;
}

function measure(label: string, files: readonly Marks[], scene: Scene): Measurement[] {
  const cuts = files.slice(1).map((file, i) => {
    const neighbours = [files[i]?.at(-1) ?? null, file[0] ?? null];
    return findFrameFaults(neighbours, scene);
  });
  const inside = files.map((file) => findFrameFaults(file, scene));
  const row = (what: string, values: number[]): Measurement => ({
    what: `${label}: ${what}`,
    unit: "frames",
    values,
    budget: 0,
  });
  return [
    row(
      "missing at a cut",
      cuts.map((cut) => cut.missing),
    ),
    row(
      "repeated at a cut",
      cuts.map((cut) => cut.repeated),
    ),
    row(
      "missing, repeated or unreadable inside a file",
      inside.map((file) => file.missing + file.repeated + file.unreadable),
    ),
    { what: `${label}: frames in a file`, unit: "frames", values: files.map((file) => file.length), budget: null },
  ];
}
