import type { AlertKind } from "@nightjar/api/alert";
import type { CameraStatus } from "@nightjar/api/camera";

/** A camera that should record and does not is given this long to mend by itself. */
export const ALERT_AFTER_MS = 30_000;
/** A worker that fails this often in a row needs a person. */
const FAILING_IN_A_ROW = 5;

export interface WatchedCamera {
  readonly name: string;
  /** Its mode wants footage now. */
  readonly wanted: boolean;
  readonly status: Pick<CameraStatus, "recording" | "last_error">;
  readonly storageError: string | null;
  readonly ffmpegMissing: boolean;
  readonly workerFailures: number;
}

export interface WantedAlert {
  readonly kind: AlertKind;
  readonly message: string;
  readonly action: string;
}

/** Decides which alert, if any, a camera needs; keeps only since when it has not recorded. */
export class RecordingWatch {
  #notRecordingSinceMs: number | null = null;

  /** The one alert that should be open now; null when all is well or it is too early to say. `nowMs` is monotonic. */
  check(camera: WatchedCamera, nowMs: number): WantedAlert | null {
    if (!camera.wanted || camera.status.recording) {
      this.#notRecordingSinceMs = null;
      return null;
    }
    this.#notRecordingSinceMs ??= nowMs;
    // This one does not mend by itself.
    if (camera.ffmpegMissing) return ffmpegMissing(camera);
    if (nowMs - this.#notRecordingSinceMs < ALERT_AFTER_MS) return null;
    return alertFor(camera);
  }
}

function ffmpegMissing({ status }: WatchedCamera): WantedAlert {
  return {
    kind: "ffmpeg_missing",
    message: `Nothing can be recorded. ${status.last_error ?? "ffmpeg is missing."}`,
    action: "Install ffmpeg (apt-get install -y ffmpeg), or set NIGHTJAR_FFMPEG to where it is and restart.",
  };
}

function alertFor(camera: WatchedCamera): WantedAlert {
  if (camera.storageError !== null) {
    return {
      kind: "storage_unwritable",
      message: `${camera.name} is not recorded. ${camera.storageError}`,
      action: "Check the disk and the folder of the recordings.",
    };
  }
  if (camera.workerFailures >= FAILING_IN_A_ROW) {
    return {
      kind: "worker_failing",
      message: `${camera.name} is not recorded: its worker has failed ${camera.workerFailures} times in a row.`,
      action: "Look into the worker's log file in the log folder; the newest lines say why.",
    };
  }
  return {
    kind: "camera_not_recording",
    message: `${camera.name} should be recording and is not. ${camera.status.last_error ?? "The camera sends no pictures."}`,
    action: "Check that the camera is switched on, reachable, and that its address and password are right.",
  };
}
