import type { AlertKind } from "@nightjar/api/alert";
import type { CameraStatus, GapCause } from "@nightjar/api/camera";
import { PARKED_FROM } from "./restart-delay.ts";

/** A camera that should record and does not is given this long to mend by itself. */
export const ALERT_AFTER_MS = 30_000;
/** In between it lives for a moment each time; one that lives this long has mended. */
const MENDED_AFTER_MS = 60_000;

export interface WatchedCamera {
  /** Footage is wanted now. */
  readonly wanted: boolean;
  readonly status: Pick<CameraStatus, "recording" | "cause" | "last_error">;
  readonly storageError: string | null;
  readonly ffmpegMissing: boolean;
  /** Set while its worker does not live. */
  readonly workerFailure: { readonly inARow: number; readonly reason: string } | null;
}

/** What is wrong with one camera, in words that hold for every other camera of the same `kind` and `about` too. */
export interface Trouble {
  readonly kind: AlertKind;
  /** The cause that cameras share: a dead switch or a full disk is one trouble, however many cameras it hits. */
  readonly about: string;
  /** Goes behind the camera's name, or the names of several: `is not recorded`. */
  readonly one: string;
  readonly many: string;
  /** A sentence. */
  readonly reason: string;
  /** What to do about it. */
  readonly action: string;
}

type WorkerFailure = NonNullable<WatchedCamera["workerFailure"]>;

/** Decides whether a camera that is not recorded needs an alert; keeps only since when it has not been, and how its worker failed last. */
export class RecordingWatch {
  #notRecordingSinceMs: number | null = null;
  #failure: (WorkerFailure & { readonly seenMs: number }) | null = null;

  /** null: all is well, or it is too early to say. `nowMs` is monotonic. */
  check(camera: WatchedCamera, nowMs: number): Trouble | null {
    if (!camera.wanted || camera.status.recording) {
      this.#notRecordingSinceMs = null;
      this.#failure = null;
      return null;
    }
    this.#notRecordingSinceMs ??= nowMs;
    if (camera.workerFailure !== null) this.#failure = { ...camera.workerFailure, seenMs: nowMs };
    // This one does not mend by itself.
    if (camera.ffmpegMissing) return ffmpegMissing(camera);
    if (nowMs - this.#notRecordingSinceMs < ALERT_AFTER_MS) return null;
    const failedLately = this.#failure !== null && nowMs - this.#failure.seenMs < MENDED_AFTER_MS;
    return troubleOf({ ...camera, workerFailure: failedLately ? this.#failure : null });
  }
}

const NOT_RECORDED = { one: "is not recorded", many: "are not recorded" };

function ffmpegMissing({ status }: WatchedCamera): Trouble {
  return {
    kind: "ffmpeg_missing",
    about: "",
    ...NOT_RECORDED,
    reason: status.last_error ?? "ffmpeg is missing.",
    action: "Install ffmpeg (apt-get install -y ffmpeg), or set NIGHTJAR_FFMPEG to where it is and restart.",
  };
}

function troubleOf({ storageError, workerFailure, status }: WatchedCamera): Trouble {
  if (storageError !== null) {
    return {
      kind: "storage_unwritable",
      about: status.cause ?? "",
      ...NOT_RECORDED,
      reason: storageError,
      action:
        "Check the disk and the folder of the recordings; recording goes on by itself when it can be written again.",
    };
  }
  if (workerFailure !== null && workerFailure.inARow >= PARKED_FROM) {
    return {
      kind: "worker_failing",
      about: workerFailure.reason,
      ...NOT_RECORDED,
      reason: `The worker fails again and again. ${workerFailure.reason}`,
      action:
        "Look into the worker's log: the file in the log folder, or under systemd `journalctl -u 'nightjar-worker@*'`. The newest lines say why.",
    };
  }
  return {
    kind: "camera_not_recording",
    about: status.cause ?? "unknown",
    one: "should be recording and is not",
    many: "should be recording and are not",
    reason: status.last_error ?? "The camera sends no pictures.",
    action: actionFor(status.cause),
  };
}

function actionFor(cause: GapCause | null): string {
  switch (cause) {
    case "auth_failed":
      return "Enter the camera's user name and password again; too many wrong attempts may have locked its account for a while.";
    case "stream_stalled":
      return "Look whether the camera shows a picture in its own web page; switch it off and on if it does not.";
    case "unsupported_stream":
      return "Set the camera's video to H.264 or H.265, or choose its other stream.";
    default:
      return "Check that the camera is switched on, reachable, and that its address and password are right.";
  }
}
