import { join } from "node:path";
import type { LogLevel } from "../base/log.ts";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { RecordingRules } from "../catalog/recording-rules.ts";
import type { WorkerSettings, WorkerStorage } from "../ipc/messages.ts";
import { effectiveAudio, effectiveRecording } from "../recording/camera-settings.ts";
import type { LockedSpan } from "../recording/lock.ts";
import { type CameraPromise, cameraPromise } from "../recording/storage-settings.ts";
import type { StorageOrders } from "../storage/keeping/storage-orders.ts";

const BYTES_PER_MB = 1_000_000;

const MAX_BUFFER_BYTES = 64 * 1024 * 1024;
/** All cameras together may fill this part of the memory with footage that waits. */
const MEMORY_PART = 8;

/**
 * How much of one camera's footage may wait in memory. A power of two, so that one camera more does not change the settings of all. Pure.
 */
export function maxBufferBytes(memoryBytes: number, cameras: number): number {
  const share = memoryBytes / MEMORY_PART / Math.max(1, cameras);
  return Math.min(MAX_BUFFER_BYTES, 2 ** Math.floor(Math.log2(share)));
}

/** What the worker of a camera is told. Pure. */
export function workerSettings(
  camera: StoredCamera,
  rules: RecordingRules,
  places: {
    recordings: string;
    thumbnails: string | null;
    ffmpeg: string;
    logLevel: LogLevel;
    maxBufferBytes: number;
  },
  keeping: { readonly orders: StorageOrders; readonly locks: readonly LockedSpan[] },
): WorkerSettings {
  const defaults = rules.defaultsOf(camera.tenantId);
  const recording = effectiveRecording(camera.recording, defaults.recording);
  const { main, sub } = camera.streams;
  const recordsSub = recording.stream === "sub" && sub !== null;
  const stream = recordsSub ? sub : main;
  const other = recordsSub ? main : sub;
  return {
    tenantId: camera.tenantId,
    cameraId: camera.id,
    cameraUuid: camera.uuid,
    cameraName: camera.name,
    timeZone: camera.timeZone,
    source: {
      url: stream.url,
      username: camera.username,
      passwordSealed: camera.passwordSealed,
      transport: camera.transport,
    },
    recordedStream: recordsSub ? "sub" : "main",
    otherStreamUrl: other?.url ?? null,
    createdAtMs: camera.createdAtMs,
    mode: recording.mode,
    windows: recording.schedule_id === null ? null : rules.windowsOf(camera.tenantId, recording.schedule_id),
    preEventSeconds: recording.pre_event_seconds,
    postEventSeconds: recording.post_event_seconds,
    segmentSeconds: recording.segment_seconds,
    segmentMaxBytes: Math.round(recording.segment_max_mb * BYTES_PER_MB),
    maxBufferBytes: places.maxBufferBytes,
    audio: effectiveAudio(camera.audio, defaults.audio),
    segmentFolder: join(places.recordings, String(camera.id)),
    thumbnailFolder: places.thumbnails === null ? null : join(places.thumbnails, String(camera.id)),
    ffmpegPath: places.ffmpeg,
    logLevel: places.logLevel,
    storage: workerStorage(camera, cameraPromise(camera.storage, recording, defaults.storage), keeping),
  };
}

function workerStorage(
  camera: StoredCamera,
  { retentionMs, minimumRetentionMs }: CameraPromise,
  { orders, locks }: { readonly orders: StorageOrders; readonly locks: readonly LockedSpan[] },
): WorkerStorage {
  return {
    volume: orders.volume,
    thumbnailsVolume: orders.thumbnailsVolume,
    besideFolders: orders.besideFolders(camera.id),
    retentionMs,
    minimumRetentionMs,
    locks,
    clockBelievedMs: orders.clockBelievedMs,
    stopBelowBytes: orders.stopBelowBytes,
    held: orders.held(camera.id),
  };
}
