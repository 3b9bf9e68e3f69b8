import type { ExportSettings, ExportSettingsPatch } from "@nightjar/api/export";
import type { PlannedSegment } from "../footage/deletion-plan.ts";
import type { SegmentDeleted } from "../ipc/messages.ts";
import type { LockedSpan } from "../recording/lock.ts";
import { type AlertQueries, alertQueries, openAlerts, type StoredAlert } from "./alerts.ts";
import { type AuditQueries, auditQueries } from "./audit.ts";
import {
  allCameras,
  type CameraQueries,
  cameraQueries,
  enabledCameras,
  everyCamera,
  type OwnedCamera,
  type StoredCamera,
} from "./cameras.ts";
import { type ChainSignatureQueries, chainSignatureQueries } from "./chain-signatures.ts";
import { exportSettings, updateExportSettings } from "./export-settings.ts";
import {
  type ExportQueries,
  exportIds,
  exportQueries,
  exportsFinishedBefore,
  resumeExports,
  type StoredExport,
} from "./exports.ts";
import { type GroupQueries, groupQueries } from "./groups.ts";
import { type LedgerQueries, ledgerQueries } from "./ledger.ts";
import { type LockQueries, lockQueries, locksByCamera } from "./locks.ts";
import { type PlaceQueries, placeQueries } from "./places.ts";
import { type RecordingDefaultsQueries, recordingDefaultsQueries } from "./recording-defaults.ts";
import { type RecordingRules, recordingRules } from "./recording-rules.ts";
import {
  lastTakenReport,
  type NumberedReport,
  type ReportOutcome,
  takeDeletion,
  takeGone,
  takeMoved,
  takeReport,
} from "./report-intake.ts";
import { type RestoreQueries, restoreQueries } from "./restore.ts";
import { type ScheduleQueries, scheduleQueries } from "./schedules.ts";
import {
  bytesBegunIn,
  bytesTouching,
  type CameraUsage,
  footageTotals,
  hasFootage,
  hasFootageOnShare,
  oldestSegments,
  type SegmentQueries,
  type SegmentTotals,
  type Span,
  type StoredSegment,
  segmentByName,
  segmentQueries,
  usageByCamera,
} from "./segments.ts";
import {
  removeExpiredSessions,
  type SessionQueries,
  type StoredSession,
  sessionByTokenHash,
  sessionQueries,
} from "./sessions.ts";
import { type ShareQueries, shareQueries } from "./share.ts";
import { type CatalogContext, tenantHandle } from "./tenant-handle.ts";
import { allTenants, findTenant, type StoredTenant, setTenantLimit } from "./tenants.ts";
import { type ApiTokenWithUser, apiTokenByHash, type TokenQueries, tokenQueries } from "./tokens.ts";
import {
  createFirstAdministrator,
  hasAdministrator,
  type StoredUser,
  type UserInput,
  type UserQueries,
  userForLogin,
  userQueries,
} from "./users.ts";

/** Everything that belongs to one tenant. What belongs to another does not exist here. */
export interface TenantCatalog {
  readonly tenantId: number;
  readonly cameras: CameraQueries;
  readonly groups: GroupQueries;
  readonly schedules: ScheduleQueries;
  readonly locks: LockQueries;
  /** Of the installation, as they hold for this tenant's cameras. */
  readonly recordingDefaults: RecordingDefaultsQueries;
  readonly users: UserQueries;
  readonly sessions: SessionQueries;
  readonly tokens: TokenQueries;
  readonly alerts: AlertQueries;
  readonly audit: AuditQueries;
  readonly exports: ExportQueries;
}

/** The few questions the system itself asks without knowing the tenant. Never to be answered to a caller without a check of its tenant. */
export interface AcrossTenants {
  tenant(id: number): Promise<StoredTenant | undefined>;
  /** All tenants, by id. */
  tenants(): Promise<readonly StoredTenant[]>;
  /** Sets what a tenant's footage may take, 0: no limit; undefined: there is no such tenant. */
  setTenantLimit(id: number, maxStorageBytes: number): Promise<StoredTenant | undefined>;
  /** All cameras that are enabled and not removed: one worker each. */
  enabledCameras(): Promise<readonly StoredCamera[]>;
  /** All cameras that are not removed. */
  allCameras(): Promise<readonly StoredCamera[]>;
  /** All cameras, removed ones too. */
  everyCamera(): Promise<readonly StoredCamera[]>;
  recordingRules(): Promise<RecordingRules>;
  /** The locks of all tenants by camera, expired ones too. */
  locksByCamera(): Promise<ReadonlyMap<number, readonly LockedSpan[]>>;
  /** What the footage of every camera takes that ever had some. */
  usageByCamera(): Promise<readonly CameraUsage[]>;
  /** Bytes of a camera's closed segments that begin in a span. */
  bytesBegunIn(cameraId: number, span: Span): Promise<number>;
  /** Bytes of a camera's closed segments that touch a span. */
  bytesTouching(cameraId: number, span: Span): Promise<number>;
  /** The oldest segments of a camera behind an instant. */
  oldestSegments(
    cameraId: number,
    page: { readonly afterMs: number; readonly count: number },
  ): Promise<readonly PlannedSegment[]>;
  /** A segment was deleted; can be told twice. */
  takeDeletion(cameraId: number, deleted: Omit<SegmentDeleted, "kind">): Promise<ReportOutcome>;
  /** The file of a segment is not there. */
  takeGone(cameraId: number, name: string, from?: "disk" | "share"): Promise<void>;
  segment(cameraId: number, name: string): Promise<StoredSegment | undefined>;
  /** The file of a segment lies on the network share, and no longer on the disk. */
  takeMoved(cameraId: number, name: string): Promise<void>;
  /** Whether any segment lies on the share. */
  hasFootageOnShare(): Promise<boolean>;
  openAlerts(): Promise<readonly StoredAlert[]>;
  /** Sums over all closed segments of all cameras, those of removed ones too. */
  footageTotals(): Promise<SegmentTotals>;
  /** Puts exports that a stopped server was making back into the queue; answers all that are queued, the first first. */
  resumeExports(): Promise<readonly StoredExport[]>;
  exportsFinishedBefore(beforeMs: number): Promise<readonly StoredExport[]>;
  /** The ids of all, and whether they are ready. */
  exportIds(): Promise<ReadonlyMap<string, { readonly ready: boolean }>>;
  exportSettings(): Promise<ExportSettings>;
  updateExportSettings(
    patch: ExportSettingsPatch,
  ): Promise<{ readonly before: ExportSettings; readonly after: ExportSettings }>;
  /** Whether any camera has a segment, open or closed. */
  hasFootage(): Promise<boolean>;
  hasAdministrator(): Promise<boolean>;
  /** In the first tenant; undefined when the installation has an administrator already, even when asked twice at once. */
  createFirstAdministrator(input: Omit<UserInput, "role">): Promise<StoredUser | undefined>;
  /** For signing in; the name's case does not matter. */
  userForLogin(username: string): Promise<{ readonly user: StoredUser; readonly passwordHash: string } | undefined>;
  /** `tokenHash`: SHA-256 of the token. Expired ones are answered too; the caller compares. */
  sessionByTokenHash(tokenHash: Uint8Array): Promise<StoredSession | undefined>;
  apiTokenByHash(tokenHash: Uint8Array): Promise<ApiTokenWithUser | undefined>;
  /** Forgets sessions that expired before `nowMs`; answers how many. */
  removeExpiredSessions(nowMs: number): Promise<number>;
  /** Applies a worker's report exactly once; see `ReportOutcome`. Throws only when the catalog does not answer. */
  takeReport(report: NumberedReport): Promise<ReportOutcome>;
  /** Number of the last report that was taken of a worker's journal; 0: none of this journal. */
  lastTakenReport(workerName: string, workerUuid: string): Promise<number>;
}

/** The database, as the rest of the server sees it. */
export interface Catalog {
  tenant(tenantId: number): TenantCatalog;
  /** A camera's segments; only a camera found through its tenant opens them. */
  segments(camera: OwnedCamera): SegmentQueries;
  /** A camera's ledger, opened in the same way. */
  ledger(camera: OwnedCamera): LedgerQueries;
  /** What was signed of a camera's chain, opened in the same way. */
  chainSignatures(camera: OwnedCamera): ChainSignatureQueries;
  readonly acrossTenants: AcrossTenants;
  /** Where files lie. */
  readonly places: PlaceQueries;
  /** The network share. */
  readonly share: ShareQueries;
  /** Makes the catalog say again what the files say; see `RestoreQueries`. */
  readonly restore: RestoreQueries;
  /** Throws when the database does not answer or cannot be read. For the health check. */
  ping(): Promise<void>;
  /** Waits for what is running and lets go of the database and of the instance lock. */
  close(): Promise<void>;
}

/** The catalog on a database whose tables are up to date. `release` lets go of it. */
export function catalogOn(context: CatalogContext, release: () => Promise<void>): Catalog {
  return {
    tenant: (tenantId) => tenantCatalog(context, tenantId),
    segments: (camera) => segmentQueries(context, camera),
    ledger: (camera) => ledgerQueries(context.db, camera),
    chainSignatures: (camera) => chainSignatureQueries(context.db, camera),
    acrossTenants: acrossTenants(context),
    restore: restoreQueries(context),
    places: placeQueries(context.db),
    share: shareQueries(context.db),
    async ping() {
      // Of a table: SQLite answers a query without one from nowhere, whatever has become of the file.
      await context.db.selectFrom("tenants").select("id").limit(1).execute();
    },
    close: release,
  };
}

function tenantCatalog(context: CatalogContext, tenantId: number): TenantCatalog {
  const handle = tenantHandle(context, tenantId);
  return {
    tenantId,
    cameras: cameraQueries(handle),
    groups: groupQueries(handle),
    schedules: scheduleQueries(handle),
    locks: lockQueries(handle),
    recordingDefaults: recordingDefaultsQueries(context, tenantId),
    users: userQueries(handle),
    sessions: sessionQueries(handle),
    tokens: tokenQueries(handle),
    alerts: alertQueries(handle),
    audit: auditQueries(handle),
    exports: exportQueries(handle),
  };
}

function acrossTenants(context: CatalogContext): AcrossTenants {
  const { db } = context;
  return {
    tenant: (id) => findTenant(db, id),
    tenants: () => allTenants(db),
    setTenantLimit: (id, maxStorageBytes) => setTenantLimit(db, id, maxStorageBytes),
    enabledCameras: () => enabledCameras(db),
    allCameras: () => allCameras(db),
    everyCamera: () => everyCamera(db),
    recordingRules: () => recordingRules(db),
    locksByCamera: () => locksByCamera(db),
    usageByCamera: () => usageByCamera(db),
    bytesBegunIn: (cameraId, span) => bytesBegunIn(db, cameraId, span),
    bytesTouching: (cameraId, span) => bytesTouching(db, cameraId, span),
    oldestSegments: (cameraId, page) => oldestSegments(db, cameraId, page),
    takeDeletion: (cameraId, deleted) => takeDeletion(context, cameraId, deleted),
    takeGone: (cameraId, name, from) => takeGone(context, cameraId, name, from),
    segment: (cameraId, name) => segmentByName(db, cameraId, name),
    takeMoved: (cameraId, name) => takeMoved(context, cameraId, name),
    hasFootageOnShare: () => hasFootageOnShare(db),
    openAlerts: () => openAlerts(db),
    footageTotals: () => footageTotals(db),
    resumeExports: () => resumeExports(db),
    exportsFinishedBefore: (beforeMs) => exportsFinishedBefore(db, beforeMs),
    exportIds: () => exportIds(db),
    exportSettings: () => exportSettings(db),
    updateExportSettings: (patch) => updateExportSettings(db, patch),
    hasFootage: () => hasFootage(db),
    hasAdministrator: () => hasAdministrator(db),
    createFirstAdministrator: (input) => createFirstAdministrator(context, input),
    userForLogin: (username) => userForLogin(db, username),
    sessionByTokenHash: (tokenHash) => sessionByTokenHash(db, tokenHash),
    apiTokenByHash: (tokenHash) => apiTokenByHash(db, tokenHash),
    removeExpiredSessions: (nowMs) => removeExpiredSessions(db, nowMs),
    takeReport: (report) => takeReport(context, report),
    lastTakenReport: (workerName, workerUuid) => lastTakenReport(db, workerName, workerUuid),
  };
}
