import { addCamera } from "./harness/footage-of.ts";
import { startNightjar } from "./harness/nightjar.ts";
import { startCameras, stopCameras } from "./rig/cameras.ts";
import { makeScene } from "./rig/scene.ts";
import { handOn, LARGE_CAMERA, type RecordedCamera, SEGMENT_SECONDS, SHARED_CAMERAS } from "./shared-recording.ts";

/** Starts the cameras and a server that records them for as long as the tests run; answers what ends them. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const scenes = [];
  const filmed = [...SHARED_CAMERAS, LARGE_CAMERA];
  for (const camera of filmed) scenes.push(await makeScene(camera.scene));
  const rig = await startCameras(scenes.map((scene) => ({ scene })));
  const nightjar = await startNightjar();
  const cameras: RecordedCamera[] = [];
  for (const [i, { url, scene, epochMs }] of rig.entries()) {
    const camera = await addCamera(nightjar, url, {
      name: filmed[i]?.name ?? "",
      time_zone: "Europe/Berlin",
      recording: { segment_seconds: SEGMENT_SECONDS },
      audio: { enabled: true, codec: "auto" },
    });
    cameras.push({ id: camera.id, scene, epochMs });
  }
  handOn({ baseUrl: nightjar.baseUrl, token: nightjar.token, dataFolder: nightjar.dataFolder, cameras });
  return async () => {
    await nightjar.stop();
    await stopCameras(rig);
  };
}
