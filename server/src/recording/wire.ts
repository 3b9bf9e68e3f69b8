import type { Alert } from "@nightjar/api/alert";
import type { AudioSettings, Camera, RecordingKind, RecordingOverrides } from "@nightjar/api/camera";
import type { Segment } from "@nightjar/api/recording";
import { effectiveAudio, effectiveRecording } from "./camera-settings.ts";

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
  readonly createdAtMs: number;
}

/** A camera as the API tells it: of the password only whether there is one. */
export function cameraToWire(camera: CameraRow): Camera {
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
    effective: { recording: effectiveRecording(camera.recording), audio: effectiveAudio(camera.audio) },
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
}

/** How far an open segment has come, as its worker told last. */
export interface OpenSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
}

/** While the first segment of a run is young, its worker may still correct where it starts by up to this. */
const START_REFINEMENT_MS = 3000;

/** How far the segment that starts at `startMs` has come; null when the worker writes another one by now, or none. */
export function openSegmentAt(startMs: number, open: OpenSegment | null): OpenSegment | null {
  if (open === null || Math.abs(open.startMs - startMs) > START_REFINEMENT_MS || open.endMs <= startMs) return null;
  return open;
}

/** A segment as the API tells it; of an open one, end and size are those its worker told last (`open`, of the same camera). */
export function segmentToWire(row: SegmentRow, open: OpenSegment | null): Segment {
  const written = row.state === "open" ? openSegmentAt(row.startMs, open) : null;
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
