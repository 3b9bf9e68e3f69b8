import { decideRecording } from "../recording/recording-decision.ts";
import type { WatchedCamera } from "./recording-watch.ts";
import type { SupervisedCamera } from "./supervised-camera.ts";

/** What the watch must know of a camera, from what its worker told last. */
export function watchInputs(worker: SupervisedCamera, nowMs: number): WatchedCamera {
  const told = worker.workerStatus;
  return {
    wanted: told?.wanted ?? wantedByMode(worker.settings, nowMs),
    status: worker.status,
    storageError: told?.storage_error ?? null,
    ffmpegMissing: told?.ffmpeg_missing ?? false,
    workerFailure: worker.failure,
  };
}

/** While no worker tells: by mode and schedule, and without a worker nobody sees motion, so then as if there were some. */
function wantedByMode(settings: SupervisedCamera["settings"], nowMs: number): boolean {
  const { mode, windows, timeZone, postEventSeconds } = settings;
  const decision = decideRecording(
    {
      mode,
      windows,
      timeZone,
      postEventMs: postEventSeconds * 1000,
      motion: { kind: "moving" },
      manual: { kind: "none" },
    },
    nowMs,
  );
  return decision.record;
}
