import type { CameraStatus, ProbeResult } from "@nightjar/api/camera";
import type { ExportEstimate, ExportOrder, InstallationKey } from "@nightjar/api/export";
import type { SystemSettings, SystemSettingsPatch } from "@nightjar/api/settings";
import type { SharePatch, ShareTest, ShareTestResult } from "@nightjar/api/share";
import type { Access } from "../access/access.ts";
import type { Clock } from "../base/clock.ts";
import type { EventHub } from "../base/event-hub.ts";
import type { Log } from "../base/log.ts";
import type { SecretBox } from "../base/sealed-secret.ts";
import type { OwnedCamera, StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { StoredSegment } from "../catalog/segments.ts";
import type { ExportQueue } from "../export/export-queue.ts";
import type { SizedStream } from "../footage/file-pieces.ts";
import type { H264Parts } from "../footage/h264-parts.ts";
import type { Pictures } from "../footage/pictures.ts";
import type { PlacedSegment } from "../footage/segment-source.ts";
import type { SyncParts } from "../footage/sync-parts.ts";
import type { TranscodeViewers } from "../footage/transcode-viewers.ts";
import type { VolumeState } from "../footage/volume.ts";
import type { DeleteAnswer, DeleteCommand, RecordAnswer, RecordCommand } from "../ipc/messages.ts";
import type { LiveHub } from "../live/live-hub.ts";
import type { CameraFigures } from "../manager/camera-figures.ts";
import type { ProcessFamilyUsage } from "../manager/process-usage.ts";
import type { SegmentIndex } from "../recording/segment-index.ts";
import type { OpenSegment } from "../recording/wire.ts";
import type { ShareConnection } from "../storage/archive/share-connection.ts";
import type { ShareSettings } from "../storage/archive/share-settings.ts";
import type { TriedChange } from "../storage/keeping/storage-facts.ts";
import type { StorageView } from "../storage/keeping/storage-keeper.ts";
import type { DeletionSum } from "../storage/keeping/storage-preview.ts";
import type { DiskUse } from "./disk-use.ts";
import type { Metrics } from "./metrics.ts";

/** What the workers are doing now. Answers come from memory. */
export interface CameraRuntime {
  /** null: nothing is known of the camera (yet). */
  status(cameraId: number): CameraStatus | null;
  /** The segments that are not closed yet, up to their last whole fragment on the disk, oldest first: one, or two after a cut. */
  openSegments(cameraId: number): readonly OpenSegment[];
  /** The camera was made, changed or removed: bring its worker in line. Returns at once. */
  cameraChanged(cameraId: number): void;
  /** A schedule, the recording defaults or a lock were changed: bring all workers in line. Resolves when their settings say so. */
  recordingRulesChanged(): Promise<void>;
  /** Every camera that has a worker, or should have one, in numbers; of all tenants. */
  figures(): readonly CameraFigures[];
  /** Passes a person's wish on to the camera's worker. Throws `worker_unavailable` when there is none or it does not answer. */
  record(cameraId: number, command: RecordCommand): Promise<RecordAnswer>;
}

export interface ProbeCommand {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly transport: "tcp" | "udp";
}

export interface StreamProbe {
  /** Throws `probe_failed` (`details.cause`) or `ffmpeg_missing`, without the password in any text. */
  probe(command: ProbeCommand): Promise<ProbeResult>;
}

/** Reads segment files. Where a file is not there, the error of the file system (`ENOENT`) is thrown as it is. */
export interface FootageReader {
  /** The segment, wherever it lies; it need not exist. Its name was checked against the pattern of segment names. */
  segment(camera: OwnedCamera, segment: StoredSegment): PlacedSegment;
  /** The same of the file with its thumbnails. */
  thumbnailsPath(camera: OwnedCamera, name: string): string;
  /** Its whole fragments; of an open segment those on the disk by now. */
  readIndex(camera: OwnedCamera, segment: StoredSegment): Promise<SegmentIndex>;
  /** `ftyp` + `moov` without the 16-byte box between them: the same bytes while the file is open and when it is closed. */
  init(camera: OwnedCamera, segment: StoredSegment): Promise<Buffer>;
  /** The init segment of `playablePart`. Throws `not_found` for segments that play as they are. */
  playableInit(camera: OwnedCamera, segment: StoredSegment): Promise<Buffer>;
  /**
   * Fragments of a segment with sound that browsers play. Throws `not_found`, `range_not_satisfiable`, `span_too_long`, `ffmpeg_missing`,
   * and the signal's reason.
   */
  playablePart(camera: OwnedCamera, segment: StoredSegment, part: NamedPart, signal: AbortSignal): Promise<SizedStream>;
  readonly pictures: Pictures;
  /** Parts for fast play. */
  readonly sync: SyncParts;
  /** Parts with H.265 as H.264. */
  readonly h264: H264Parts;
}

/** Where whole fragments begin and end in a file. */
export interface NamedPart {
  readonly fromBytes: number;
  readonly toBytes: number;
  /** The segment whose sound goes on in this one; null: none. */
  readonly after: StoredSegment | null;
}

export interface HealthCheck {
  readonly name: string;
  /** Without it nothing works: the answer is 503 `down`, not `degraded`. */
  readonly essential: boolean;
  /** `detail`: a sentence without secrets or paths; anybody may read it. A rejection counts as not ok. */
  check(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

export interface HttpSettings {
  /** Certificate and private key, PEM; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Take address, scheme and host of the client from the headers of the one proxy in front. */
  readonly trustProxy: boolean;
  /** IANA zone of cameras that are added without one. */
  readonly timeZone: string;
  /** Folders (absolute) below which the files of `file:` cameras may lie. */
  readonly approvedRoots: readonly string[];
  /** The built web page; it may be missing. */
  readonly webFolder: string;
  readonly version: string;
}

/** Exports: the queue that makes them, and where they lie. */
export interface ExportService {
  readonly queue: ExportQueue;
  /** `<folder>/<export id>/<file>`. */
  readonly folder: string;
  readonly publicKey: InstallationKey;
  estimate(cameras: readonly OwnedCamera[], order: ExportOrder): Promise<ExportEstimate>;
}

/** What the API does with footage that is there. */
export interface StorageControl {
  /** Looks at everything now; null: it could not. */
  view(): Promise<StorageView | null>;
  /** What footage takes, or what it may, has changed. Returns at once. */
  changed(): void;
  /** How long footage is kept has changed. Returns at once. */
  retentionChanged(): void;
  volumeState(): Promise<VolumeState>;
  /** Deletes segments of a camera, but none that is locked. Throws `worker_unavailable`, `unavailable`. */
  delete(camera: StoredCamera, command: DeleteCommand): Promise<Omit<DeleteAnswer, "problem">>;
  /** What would be deleted now after a change, by camera. */
  preview(tried: TriedChange): Promise<ReadonlyMap<number, DeletionSum>>;
  confirmClock(): Promise<void>;
  readonly places: {
    settings(): Promise<SystemSettings>;
    /** Throws `path_not_allowed`, `invalid_field`, `conflict`. */
    change(patch: SystemSettingsPatch): Promise<{ before: SystemSettings; after: SystemSettings }>;
    exportsState(): Promise<VolumeState>;
  };
  readonly share: ShareControl;
}

/** The network share, as administrators see it. */
export interface ShareControl {
  readonly settings: ShareSettings;
  /** Where footage goes, or went before; null: none was ever set. */
  readonly share: { readonly connection: ShareConnection } | null;
  /** Throws `invalid_field` where a change cannot be made. */
  requireValid(patch: SharePatch): void;
  /** Throws `invalid_field`. */
  change(patch: SharePatch): Promise<void>;
  /** Throws `invalid_field`. */
  test(patch: ShareTest): Promise<ShareTestResult>;
}

/** Everything the HTTP application uses. It owns none of it: closing the application closes nothing here. */
export interface HttpDeps {
  readonly settings: HttpSettings;
  readonly log: Log;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly access: Access;
  readonly secretBox: SecretBox;
  readonly events: EventHub;
  readonly runtime: CameraRuntime;
  readonly storage: StorageControl;
  readonly probe: StreamProbe;
  readonly footage: FootageReader;
  readonly exports: ExportService;
  readonly live: Pick<LiveHub, "watch" | "snapshot">;
  /** Who watches footage that is converted. */
  readonly transcodes: TranscodeViewers;
  readonly metrics: Metrics;
  /** Never rejects, and never waits long. */
  readonly disks: () => Promise<readonly DiskUse[]>;
  /** What processes use, by pid; those that are gone are left out. */
  readonly processUsage: (pids: readonly number[]) => Promise<ReadonlyMap<number, ProcessFamilyUsage>>;
  /** Besides the catalog, which is always checked. */
  readonly healthChecks: readonly HealthCheck[];
}
