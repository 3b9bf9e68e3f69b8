import type { CameraStatus, RecordingKind } from "@nightjar/api/camera";

/** What a worker must know about its camera, as the server writes it to the worker's settings file (mode 0600). */
export interface WorkerSettings {
  readonly tenantId: number;
  readonly cameraId: number;
  readonly cameraUuid: string;
  readonly cameraName: string;
  readonly timeZone: string;
  readonly source: {
    readonly url: string;
    readonly username: string | null;
    /** Sealed with the installation's key file; see `base/sealed-secret.ts`. */
    readonly passwordSealed: string | null;
    readonly transport: "tcp" | "udp";
  };
  /** false: stay connected, record nothing (mode `disabled`). */
  readonly record: boolean;
  readonly segmentSeconds: number;
  /** 0 = no cap. */
  readonly segmentMaxBytes: number;
  readonly audio: { readonly enabled: boolean; readonly codec: "auto" | "aac" };
  /** The folder that holds this camera's segments. */
  readonly segmentFolder: string;
  readonly ffmpegPath: string;
}

/** The worker's own part of a camera's status; the server adds the rest. */
export type WorkerStatus = Omit<CameraStatus, "camera_id" | "worker" | "last_frame_at"> & {
  readonly last_frame_ms: number | null;
  /** Segments that are not closed yet, oldest first, up to their last whole fragment on disk. */
  readonly open_segments: readonly {
    readonly name: string;
    readonly start_ms: number;
    readonly end_ms: number;
    readonly size_bytes: number;
  }[];
  /** The ffmpeg program cannot be run: nothing works until it is installed. */
  readonly ffmpeg_missing: boolean;
  /** Set while footage cannot be written; a sentence that names the folder and the cause. */
  readonly storage_error: string | null;
};

export interface SegmentOpened {
  readonly kind: "segment_opened";
  readonly name: string;
  readonly runId: string;
  /** Place in the run, from 0. */
  readonly number: number;
  readonly startMs: number;
  readonly recordingKind: RecordingKind;
}

export interface SegmentClosed {
  readonly kind: "segment_closed";
  readonly name: string;
  readonly runId: string;
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly sizeBytes: number;
  readonly state: "closed" | "repaired";
  readonly payloadSha256: string;
  readonly recordingKind: RecordingKind;
}

/** A row whose file is not there (it held no whole fragment, or was taken away while nobody looked). */
export interface SegmentGone {
  readonly kind: "segment_gone";
  readonly name: string;
}

/** A fact that must reach the catalog exactly once: journaled, numbered, acknowledged after its commit. */
export type Report = SegmentOpened | SegmentClosed | SegmentGone;

export type FromWorker =
  | {
      readonly type: "hello";
      readonly workerUuid: string;
      readonly pid: number;
      readonly version: string;
      readonly startedAtMs: number;
    }
  | { readonly type: "report"; readonly sequence: number; readonly report: Report }
  | { readonly type: "status"; readonly status: WorkerStatus };

export type ToWorker =
  | { readonly type: "settings_changed" }
  | { readonly type: "acknowledge"; readonly sequence: number };

/** `1-12`: also the systemd instance name. */
export function workerName(tenantId: number, cameraId: number): string {
  return `${tenantId}-${cameraId}`;
}
