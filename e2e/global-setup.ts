import { addCamera } from "./harness/footage-of.ts";
import { startNightjar } from "./harness/nightjar.ts";
import { startCameras, stopCameras } from "./rig/cameras.ts";
import { makeScene } from "./rig/scene.ts";
import {
  handOn,
  LARGE_CAMERA,
  type RecordedCamera,
  SEGMENT_SECONDS,
  SHARED_CAMERAS,
  STORE,
  STORE_SUB,
} from "./shared-recording.ts";

/** Starts the cameras and a server that records them for as long as the tests run; answers what ends them. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const scenes = [];
  const filmed = [...SHARED_CAMERAS, LARGE_CAMERA];
  for (const camera of filmed) scenes.push(await makeScene(camera.scene));
  const sub = await makeScene(STORE_SUB);
  const rig = await startCameras(scenes.map((scene, i) => (i === STORE ? { scene, sub } : { scene })));
  const nightjar = await startNightjar();
  const cameras: RecordedCamera[] = [];
  for (const [i, { url, subUrl, scene, epochMs }] of rig.entries()) {
    const camera = await addCamera(nightjar, url, {
      name: filmed[i]?.name ?? "",
      time_zone: "Europe/Berlin",
      recording: { segment_seconds: SEGMENT_SECONDS },
      audio: { enabled: true, codec: "auto" },
      ...(i === STORE ? { subUrl } : {}),
    });
    cameras.push({ id: camera.id, scene, sub: i === STORE ? sub : null, epochMs });
  }
  handOn({ baseUrl: nightjar.baseUrl, token: nightjar.token, dataFolder: nightjar.dataFolder, cameras });
  return async () => {
    await nightjar.stop();
    await stopCameras(rig);
  };
}
