import type { WorkerStatus } from "../ipc/messages.ts";

/** Without what only the server needs to know. */
export function forCallers(status: WorkerStatus) {
  const {
    last_frame_ms: _frame,
    open_segments: _open,
    storage_error: _storage,
    ffmpeg_missing: _ffmpeg,
    wanted: _wanted,
    warnings: _warnings,
    counters: _counters,
    ...rest
  } = status;
  return rest;
}

/** Of a worker that has said nothing yet. */
export const NOTHING_KNOWN: WorkerStatus = {
  connection: "connecting",
  cause: null,
  last_error: null,
  recording: false,
  recording_kind: null,
  bitrate_bps: null,
  fps: null,
  video_codec: null,
  width: null,
  height: null,
  audio_codec: null,
  key_frame_interval_seconds: null,
  clock_drift_ms: null,
  last_frame_ms: null,
  open_segments: [],
  wanted: true,
  ffmpeg_missing: false,
  storage_error: null,
  warnings: [],
  counters: { received_bytes: 0, received_frames: 0, recorded_bytes: 0, buffer_bytes: 0, disk_queue_bytes: 0 },
};
