import type { Alert } from "@nightjar/api/alert";
import type { AudioSettings, Camera, RecordingKind, RecordingOverrides, StorageOverrides } from "@nightjar/api/camera";
import type { Segment } from "@nightjar/api/recording";
import { type CameraDefaults, effectiveAudio, effectiveRecording } from "./camera-settings.ts";

/** An instant as it is written on the wire. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

interface CameraRow {
  readonly id: number;
  readonly name: string;
  readonly groupId: number | null;
  readonly enabled: boolean;
  readonly timeZone: string;
  readonly streams: { readonly main: { readonly url: string }; readonly sub: { readonly url: string } | null };
  readonly username: string | null;
  readonly passwordSealed: string | null;
  readonly transport: "tcp" | "udp";
  readonly recording: RecordingOverrides;
  readonly audio: AudioSettings | null;
  readonly storage: StorageOverrides;
  readonly createdAtMs: number;
}

/** A camera as the API tells it: of the password only whether there is one. `defaults`: what its tenant's cameras inherit. */
export function cameraToWire(camera: CameraRow, defaults: CameraDefaults): Camera {
  return {
    id: camera.id,
    name: camera.name,
    group_id: camera.groupId,
    enabled: camera.enabled,
    time_zone: camera.timeZone,
    streams: camera.streams,
    username: camera.username,
    has_password: camera.passwordSealed !== null,
    transport: camera.transport,
    recording: camera.recording,
    audio: camera.audio,
    storage: camera.storage,
    effective: {
      recording: effectiveRecording(camera.recording, defaults.recording),
      audio: effectiveAudio(camera.audio, defaults.audio),
    },
    created_at: instant(camera.createdAtMs),
  };
}

interface SegmentRow {
  readonly cameraId: number;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly state: "open" | "closed" | "repaired";
  readonly kind: RecordingKind;
  readonly runId: string;
  readonly payloadSha256: string | null;
  readonly onShare: boolean;
}

/** How far an open segment has come, as its worker told last. */
export interface OpenSegment {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
}

/** A segment as the API tells it; of an open one, end and size are those its worker told last (`open`: those of the camera). */
export function segmentToWire(row: SegmentRow, open: readonly OpenSegment[]): Segment {
  const written = row.state === "open" ? open.find((segment) => segment.name === row.name) : undefined;
  const segment = { ...row, endMs: written?.endMs ?? row.endMs, sizeBytes: written?.sizeBytes ?? row.sizeBytes };
  return {
    camera_id: segment.cameraId,
    name: segment.name,
    start: instant(segment.startMs),
    end: instant(segment.endMs),
    duration_seconds: (segment.endMs - segment.startMs) / 1000,
    size_bytes: segment.sizeBytes,
    state: segment.state,
    kind: segment.kind,
    run_id: segment.runId,
    payload_sha256: segment.payloadSha256,
    on_share: segment.onShare,
    url: `/api/recordings/segment/${segment.cameraId}/${segment.name}`,
  };
}

interface AlertRow {
  readonly id: number;
  readonly kind: Alert["kind"];
  readonly cameraIds: readonly number[];
  readonly sinceMs: number;
  readonly untilMs: number | null;
  readonly message: string;
  readonly action: string;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAtMs: number | null;
}

/** An alert as the API tells it. */
export function alertToWire(alert: AlertRow): Alert {
  return {
    id: alert.id,
    kind: alert.kind,
    camera_ids: [...alert.cameraIds],
    since: instant(alert.sinceMs),
    until: alert.untilMs === null ? null : instant(alert.untilMs),
    message: alert.message,
    action: alert.action,
    acknowledged_by: alert.acknowledgedBy,
    acknowledged_at: alert.acknowledgedAtMs === null ? null : instant(alert.acknowledgedAtMs),
  };
}
