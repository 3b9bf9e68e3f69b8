import type { CameraStatus, GapCause } from "@nightjar/api/camera";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { WorkerCounters } from "../ipc/messages.ts";
import type { SupervisedCamera } from "./supervised-camera.ts";
import { watchInputs } from "./watch-inputs.ts";

/** One camera and its worker in numbers. */
export interface CameraFigures {
  readonly tenantId: number;
  readonly cameraId: number;
  readonly status: CameraStatus;
  /** Footage is wanted now. */
  readonly wanted: boolean;
  /** null while no worker has told any. */
  readonly counters: WorkerCounters | null;
  /** For how long there was no footage though some was wanted, by cause; see `GapSeconds`. */
  readonly gapSeconds: ReadonlyMap<GapCause, number>;
}

/** The figures of a camera, from what its worker told last. */
export function cameraFigures(
  camera: StoredCamera,
  worker: SupervisedCamera,
  { gapSeconds, nowMs }: { readonly gapSeconds: CameraFigures["gapSeconds"]; readonly nowMs: number },
): CameraFigures {
  return {
    tenantId: camera.tenantId,
    cameraId: camera.id,
    status: worker.status,
    wanted: watchInputs(worker, nowMs).wanted,
    // A worker that an earlier version of the server has left may not count.
    counters: worker.workerStatus?.counters ?? null,
    gapSeconds,
  };
}
