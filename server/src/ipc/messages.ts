import type { CameraStatus, RecordingKind, RecordingMode } from "@nightjar/api/camera";
import type { LogLevel } from "../base/log.ts";
import type { DeletionCause, RefusalReason } from "../recording/deletion.ts";
import type { LedgerState } from "../recording/ledger.ts";
import type { LockedSpan } from "../recording/lock.ts";
import type { ScheduleWindow } from "../recording/schedule.ts";

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
  /** Which of the camera's streams `source` is, and the address of the other one where there is one. */
  readonly recordedStream: "main" | "sub";
  readonly otherStreamUrl: string | null;
  /** When the camera was made: accounting for its time begins there. */
  readonly createdAtMs: number;
  readonly mode: RecordingMode;
  /** The windows of the assigned schedule; null where none is assigned. */
  readonly windows: readonly ScheduleWindow[] | null;
  readonly preEventSeconds: number;
  readonly postEventSeconds: number;
  readonly segmentSeconds: number;
  /** 0 = no cap. */
  readonly segmentMaxBytes: number;
  /** So much of a camera's footage may wait in memory for a slow disk, and as much for an event that has not happened yet. */
  readonly maxBufferBytes: number;
  readonly audio: { readonly enabled: boolean; readonly codec: "auto" | "aac" | "opus" | "mp3" | "copy" };
  /** The folder that holds this camera's segments. */
  readonly segmentFolder: string;
  /** The folder of this camera's thumbnails; null: none are made while recording. */
  readonly thumbnailFolder: string | null;
  readonly ffmpegPath: string;
  readonly logLevel: LogLevel;
  readonly storage: WorkerStorage;
}

/** What a worker must know to keep its camera's footage for as long as it should be, also while the server is away. */
export interface WorkerStorage {
  /** The volume of the recordings: elsewhere nothing is written or deleted. null: it has never been there, so any will do. */
  readonly volume: { readonly path: string; readonly id: string } | null;
  /** The same of the thumbnails: elsewhere none are written. */
  readonly thumbnailsVolume: { readonly path: string; readonly id: string } | null;
  /** Folders of what is made from the segments, such as their thumbnails; it goes with them. */
  readonly besideFolders: readonly string[];
  /** 0: until space is needed. */
  readonly retentionMs: number;
  /** Nothing younger goes. */
  readonly minimumRetentionMs: number;
  readonly locks: readonly LockedSpan[];
  /** Up to where the server believed the clock, within hours; null: it does not know yet. */
  readonly clockBelievedMs: number | null;
  /** With less free than this on the volume recording stops. */
  readonly stopBelowBytes: number;
  /** Why recording has to stop though there is room: a limit, and nothing that may be deleted; null: it need not. */
  readonly held: string | null;
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
  /** Footage is wanted now, by the mode or by a person. */
  readonly wanted: boolean;
  /** The ffmpeg program cannot be run: nothing works until it is installed. */
  readonly ffmpeg_missing: boolean;
  /** Set while footage cannot be written; a sentence that names the folder and the cause. */
  readonly storage_error: string | null;
  /** What a person should know though the camera is recorded; each becomes an alert that stays open until it is gone from here. */
  readonly warnings: readonly WorkerWarning[];
  readonly counters: WorkerCounters;
};

/** For the metrics: counted since the worker's start, whether the server is there or not. */
export interface WorkerCounters {
  /** From the camera, whether recorded or not. */
  readonly received_bytes: number;
  /** Pictures of the same. */
  readonly received_frames: number;
  /** Of footage that was written to the disk. */
  readonly recorded_bytes: number;
  /** Held in memory now for an event that has not happened yet. */
  readonly buffer_bytes: number;
  /** Footage that waits in memory for the disk now. */
  readonly disk_queue_bytes: number;
}

export interface WorkerWarning {
  readonly kind: "clock_suspect" | "no_sync_sample" | "disk_slow" | "audio_fallback";
  /** A sentence without the camera's name. */
  readonly message: string;
  /** What to do about it. */
  readonly action: string;
}

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
  /** `encodeOutline`, base64. Not of a repaired one, and not from workers of before this field: the server makes it when it is needed. */
  readonly outline?: string;
}

/** A row whose file is not there (it held no whole fragment, or was taken away while nobody looked). */
export interface SegmentGone {
  readonly kind: "segment_gone";
  readonly name: string;
}

/** A segment was deleted: its file is gone, and its place in the chain written down. */
export interface SegmentDeleted {
  readonly kind: "segment_deleted";
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly cause: DeletionCause;
}

/** The file lies on the network share now, and no longer on the disk. */
export interface SegmentMoved {
  readonly kind: "segment_moved";
  readonly name: string;
}

/** A line of the camera's ledger. */
export interface LedgerNoted {
  readonly kind: "ledger_noted";
  readonly atMs: number;
  readonly state: LedgerState;
}

/** A fact that must reach the catalog exactly once: journaled, numbered, acknowledged after its commit. */
export type Report = SegmentOpened | SegmentClosed | SegmentGone | SegmentDeleted | SegmentMoved | LedgerNoted;

/** What a person asks of a camera over its mode. `seconds` null: until stopped; for `keep` it is how much of the past. */
export interface RecordCommand {
  readonly action: "start" | "stop" | "keep";
  readonly seconds: number | null;
}

export interface RecordAnswer {
  /** Footage is being recorded now. */
  readonly recording: boolean;
  /** Of `keep`: how much of the past there was to keep; null for the others. */
  readonly keptSeconds: number | null;
}

/** Only a camera's worker deletes its footage: the server asks. */
export interface DeleteCommand {
  /** Names of segments, oldest first. */
  readonly names: readonly string[];
  /** `moved`: they lie on the share, verified, and only their copies on the disk go. */
  readonly cause: DeletionCause | "moved";
  /** For the log. */
  readonly why: string;
}

export interface DeleteAnswer {
  readonly deleted: readonly Omit<SegmentDeleted, "kind">[];
  /** Names of those whose copies on the disk are gone. */
  readonly moved: readonly string[];
  readonly refused: readonly { readonly name: string; readonly reason: RefusalReason }[];
  /** What went wrong behind the last of these; null: nothing. */
  readonly problem: string | null;
}

export type FromWorker =
  | {
      readonly type: "hello";
      readonly workerUuid: string;
      readonly pid: number;
      readonly version: string;
      readonly startedAtMs: number;
    }
  | { readonly type: "report"; readonly sequence: number; readonly report: Report }
  | { readonly type: "status"; readonly status: WorkerStatus }
  | { readonly type: "record_answer"; readonly id: number; readonly answer: RecordAnswer }
  | { readonly type: "delete_answer"; readonly id: number; readonly answer: DeleteAnswer };

export type ToWorker =
  | { readonly type: "settings_changed" }
  | { readonly type: "acknowledge"; readonly sequence: number }
  | { readonly type: "record"; readonly id: number; readonly command: RecordCommand }
  | { readonly type: "delete"; readonly id: number; readonly command: DeleteCommand }
  /** Another worker takes over: end ahead of the next sync sample, or at once. Workers from before this message pass over it. */
  | { readonly type: "hand_over"; readonly at: HandOverAt };

export type HandOverAt = "sync_sample" | "once";

/** `1-12`: also the systemd instance name. */
export function workerName(tenantId: number, cameraId: number): string {
  return `${tenantId}-${cameraId}`;
}
