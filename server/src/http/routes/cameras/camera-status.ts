import type { CameraStatus } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import type { StoredCamera } from "../../../catalog/cameras.ts";
import { lacksAddress } from "../../../recording/camera-settings.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function cameraStatusRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.status, async ({ principal, params }) => {
    const camera = await cameraOf(deps, principal, params.id);
    return deps.runtime.status(camera.id) ?? notHeardOf(camera);
  });
}

const ADDRESS_NEEDED =
  "This camera was brought back from its footage, which does not tell its address. Give it the address, and what else it needs, and switch it on.";

/** Until its worker has said something. */
function notHeardOf(camera: StoredCamera): CameraStatus {
  return {
    camera_id: camera.id,
    connection: camera.enabled ? "connecting" : "disabled",
    cause: null,
    last_error: lacksAddress(camera) ? ADDRESS_NEEDED : null,
    recording: false,
    recording_kind: null,
    bitrate_bps: null,
    fps: null,
    video_codec: null,
    width: null,
    height: null,
    audio_codec: null,
    key_frame_interval_seconds: null,
    last_frame_at: null,
    clock_drift_ms: null,
    worker: null,
  };
}
