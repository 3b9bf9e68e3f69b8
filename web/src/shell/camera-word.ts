import type { CameraStatus } from "@nightjar/api/camera";

export type CameraWord = "recording" | "connectedNotRecording" | "connecting" | "offline" | "disabled" | "unknown";

/** A camera's state in one word of the catalog; `unknown` until its status has been read. */
export function cameraWord(status: CameraStatus | undefined): CameraWord {
  if (status === undefined) return "unknown";
  if (status.connection !== "connected") return status.connection;
  return status.recording ? "recording" : "connectedNotRecording";
}
