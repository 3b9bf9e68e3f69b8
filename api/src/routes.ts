// Long because it is one list: every route of the API.
import { z } from "zod";
import {
  ApiToken,
  CreatedToken,
  LoginRequest,
  MediaToken,
  MediaTokenRequest,
  Session,
  SetupRequest,
  SetupState,
  TokenCreate,
  User,
} from "./access.ts";
import { Alert } from "./alert.ts";
import {
  Camera,
  CameraCreate,
  CameraId,
  CameraPatch,
  CameraStatus,
  CamerasPatch,
  ProbeRequest,
  ProbeResult,
  RecordRequest,
  RecordResult,
} from "./camera.ts";
import { Diagnosis, DiagnosisQuery } from "./diagnosis.ts";
import { Group, GroupCreate } from "./group.ts";
import { Health } from "./health.ts";
import { NextCursor, Paging } from "./paging.ts";
import {
  Days,
  DaysQuery,
  PlayableQuery,
  PlaylistQuery,
  SegmentList,
  SegmentParams,
  SegmentQuery,
  Timeline,
  TimelineQuery,
} from "./recording.ts";
import { defineRoute } from "./route.ts";
import { Schedule, ScheduleCreate, SchedulePatch } from "./schedule.ts";
import { RecordingSettings, RecordingSettingsPatch, SystemSettings, SystemSettingsPatch } from "./settings.ts";
import {
  DeletionRequest,
  DeletionResult,
  DryRun,
  Lock,
  LockCreate,
  LockList,
  LockParams,
  LockQuery,
  StorageDryRun,
  StorageDryRunResult,
  StorageState,
} from "./storage.ts";
import { SystemStatus } from "./system.ts";

const Id = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
const CameraParams = z.object({ id: CameraId });

export const authRoutes = {
  setupState: defineRoute({
    method: "GET",
    path: "/api/auth/setup",
    access: "public",
    tag: "auth",
    summary: "Does the first administrator still have to be made?",
    response: SetupState,
  }),
  setup: defineRoute({
    method: "POST",
    path: "/api/auth/setup",
    access: "public",
    tag: "auth",
    summary: "Make the first administrator with the printed setup code",
    body: SetupRequest,
    response: Session,
    status: 201,
  }),
  login: defineRoute({
    method: "POST",
    path: "/api/auth/login",
    access: "public",
    tag: "auth",
    summary: "Sign in",
    body: LoginRequest,
    response: Session,
  }),
  logout: defineRoute({
    method: "POST",
    path: "/api/auth/logout",
    access: "signed-in",
    tag: "auth",
    summary: "End this session",
    status: 204,
  }),
  me: defineRoute({
    method: "GET",
    path: "/api/auth/me",
    access: "signed-in",
    tag: "auth",
    summary: "Who am I, and what may I do?",
    response: User,
  }),
  mediaToken: defineRoute({
    method: "POST",
    path: "/api/auth/media-token",
    access: "recordings.view",
    tag: "auth",
    summary: "A token of ten minutes for one camera's media, for external players",
    body: MediaTokenRequest,
    response: MediaToken,
    status: 201,
  }),
};

export const tokenRoutes = {
  list: defineRoute({
    method: "GET",
    path: "/api/tokens",
    access: "signed-in",
    tag: "tokens",
    summary: "Own API tokens",
    query: Paging,
    response: z.object({ tokens: z.array(ApiToken), next_cursor: NextCursor }),
  }),
  create: defineRoute({
    method: "POST",
    path: "/api/tokens",
    access: "signed-in",
    tag: "tokens",
    summary: "Make a token with some of one's own permissions",
    body: TokenCreate,
    response: CreatedToken,
    status: 201,
  }),
  remove: defineRoute({
    method: "DELETE",
    path: "/api/tokens/:id",
    access: "signed-in",
    tag: "tokens",
    summary: "Revoke a token",
    params: Id,
    status: 204,
  }),
};

export const cameraRoutes = {
  list: defineRoute({
    method: "GET",
    path: "/api/cameras",
    access: "recordings.view",
    tag: "cameras",
    summary: "All cameras",
    query: Paging,
    response: z.object({ cameras: z.array(Camera), next_cursor: NextCursor }),
  }),
  create: defineRoute({
    method: "POST",
    path: "/api/cameras",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Add a camera",
    body: CameraCreate,
    response: Camera,
    status: 201,
  }),
  get: defineRoute({
    method: "GET",
    path: "/api/cameras/:id",
    access: "recordings.view",
    tag: "cameras",
    summary: "One camera",
    params: CameraParams,
    response: Camera,
  }),
  update: defineRoute({
    method: "PATCH",
    path: "/api/cameras/:id",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Change a camera (JSON merge patch)",
    params: CameraParams,
    body: CameraPatch,
    response: Camera,
  }),
  updateMany: defineRoute({
    method: "PATCH",
    path: "/api/cameras",
    access: "cameras.edit",
    tag: "cameras",
    summary: "The same change (JSON merge patch) to many cameras: to all or to none",
    body: CamerasPatch,
    response: z.object({ cameras: z.array(Camera) }),
  }),
  remove: defineRoute({
    method: "DELETE",
    path: "/api/cameras/:id",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Remove a camera; its footage stays playable until its retention ends, unless `delete_footage` is set",
    params: CameraParams,
    query: z.object({
      delete_footage: z
        .stringbool()
        .default(false)
        .describe("Delete its footage too, all but what is locked; needs `recordings.delete` as well"),
    }),
    status: 204,
  }),
  probe: defineRoute({
    method: "POST",
    path: "/api/cameras/probe",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Try a stream: codecs, size, frame rate, advice",
    body: ProbeRequest,
    response: ProbeResult,
  }),
  status: defineRoute({
    method: "GET",
    path: "/api/cameras/:id/status",
    access: "recordings.view",
    tag: "cameras",
    summary: "What the camera and its worker are doing now",
    params: CameraParams,
    response: CameraStatus,
  }),
  record: defineRoute({
    method: "POST",
    path: "/api/cameras/:id/record",
    access: "recordings.control",
    tag: "cameras",
    summary: "Record by hand over every mode, end that, or keep the last seconds",
    params: CameraParams,
    body: RecordRequest,
    response: RecordResult,
  }),
  diagnosis: defineRoute({
    method: "GET",
    path: "/api/cameras/:id/diagnosis",
    access: "recordings.view",
    tag: "cameras",
    summary: "Why there is (no) footage at a time, and whether the way from camera to disk is clear now",
    params: CameraParams,
    query: DiagnosisQuery,
    response: Diagnosis,
  }),
};

export const groupRoutes = {
  list: defineRoute({
    method: "GET",
    path: "/api/groups",
    access: "recordings.view",
    tag: "cameras",
    summary: "Groups of cameras",
    query: Paging,
    response: z.object({ groups: z.array(Group), next_cursor: NextCursor }),
  }),
  create: defineRoute({
    method: "POST",
    path: "/api/groups",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Make a group",
    body: GroupCreate,
    response: Group,
    status: 201,
  }),
  update: defineRoute({
    method: "PATCH",
    path: "/api/groups/:id",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Rename a group",
    params: Id,
    body: GroupCreate,
    response: Group,
  }),
  remove: defineRoute({
    method: "DELETE",
    path: "/api/groups/:id",
    access: "cameras.edit",
    tag: "cameras",
    summary: "Remove a group; its cameras stay",
    params: Id,
    status: 204,
  }),
};

export const scheduleRoutes = {
  list: defineRoute({
    method: "GET",
    path: "/api/schedules",
    access: "recordings.view",
    tag: "settings",
    summary: "Schedules",
    query: Paging,
    response: z.object({ schedules: z.array(Schedule), next_cursor: NextCursor }),
  }),
  create: defineRoute({
    method: "POST",
    path: "/api/schedules",
    access: "settings.edit",
    tag: "settings",
    summary: "Make a schedule",
    body: ScheduleCreate,
    response: Schedule,
    status: 201,
  }),
  get: defineRoute({
    method: "GET",
    path: "/api/schedules/:id",
    access: "recordings.view",
    tag: "settings",
    summary: "One schedule",
    params: Id,
    response: Schedule,
  }),
  update: defineRoute({
    method: "PATCH",
    path: "/api/schedules/:id",
    access: "settings.edit",
    tag: "settings",
    summary: "Change a schedule (JSON merge patch); it takes effect at once",
    params: Id,
    body: SchedulePatch,
    response: Schedule,
  }),
  remove: defineRoute({
    method: "DELETE",
    path: "/api/schedules/:id",
    access: "settings.edit",
    tag: "settings",
    summary: "Remove a schedule that no camera uses",
    params: Id,
    status: 204,
  }),
};

export const settingsRoutes = {
  recording: defineRoute({
    method: "GET",
    path: "/api/settings/recording",
    access: "settings.edit",
    tag: "settings",
    summary: "What cameras do that have no setting of their own",
    response: RecordingSettings,
  }),
  updateRecording: defineRoute({
    method: "PATCH",
    path: "/api/settings/recording",
    access: "settings.edit",
    tag: "settings",
    summary: "Change it (JSON merge patch); null makes the built-in value hold again",
    body: RecordingSettingsPatch,
    response: RecordingSettings,
  }),
  system: defineRoute({
    method: "GET",
    path: "/api/settings/system",
    access: "system.edit",
    tag: "settings",
    summary: "Where files lie, and where they may",
    response: SystemSettings,
  }),
  updateSystem: defineRoute({
    method: "PATCH",
    path: "/api/settings/system",
    access: "system.edit",
    tag: "settings",
    summary:
      "Change it (JSON merge patch); null makes the built-in value hold again. The recordings at once, other places at the next start",
    body: SystemSettingsPatch,
    response: SystemSettings,
  }),
};

export const storageRoutes = {
  state: defineRoute({
    method: "GET",
    path: "/api/storage",
    access: "settings.edit",
    tag: "storage",
    summary: "What footage takes, for how long it can be kept, and whether the promises hold",
    response: StorageState,
  }),
  dryRun: defineRoute({
    method: "POST",
    path: "/api/storage/dry-run",
    access: "settings.edit",
    tag: "storage",
    summary: "What a change of settings or cameras would delete, and from when; nothing is changed",
    body: StorageDryRun,
    response: StorageDryRunResult,
  }),
  confirmClock: defineRoute({
    method: "POST",
    path: "/api/storage/confirm-clock",
    access: "system.edit",
    tag: "storage",
    summary: "Say that the server's clock is right, where it moved so far that nothing is deleted by age any more",
    status: 204,
  }),
};

export const recordingRoutes = {
  segments: defineRoute({
    method: "GET",
    path: "/api/recordings/segments",
    access: "recordings.view",
    tag: "recordings",
    summary: "Segments of a camera, oldest first",
    query: SegmentQuery,
    response: SegmentList,
  }),
  segmentFile: defineRoute({
    method: "GET",
    path: "/api/recordings/segment/:camera_id/:name",
    access: "recordings.view",
    tag: "recordings",
    summary: "The file itself (`Range`, `ETag`, HEAD); an open one up to its last fragment",
    params: SegmentParams,
    content: "video/mp4",
    mediaToken: true,
  }),
  segmentInit: defineRoute({
    method: "GET",
    path: "/api/recordings/segment/:camera_id/:name/init",
    access: "recordings.view",
    tag: "recordings",
    summary: "Its init segment (`ftyp` + `moov`) for EXT-X-MAP",
    params: SegmentParams,
    content: "video/mp4",
    mediaToken: true,
  }),
  segmentPlayable: defineRoute({
    method: "GET",
    path: "/api/recordings/segment/:camera_id/:name/playable/part.mp4",
    access: "recordings.view",
    tag: "recordings",
    summary: "Fragments of a segment whose sound browsers do not play, with that converted",
    params: SegmentParams,
    query: PlayableQuery,
    content: "video/mp4",
    mediaToken: true,
  }),
  segmentPlayableInit: defineRoute({
    method: "GET",
    path: "/api/recordings/segment/:camera_id/:name/playable/init.mp4",
    access: "recordings.view",
    tag: "recordings",
    summary: "The init segment of those fragments",
    params: SegmentParams,
    content: "video/mp4",
    mediaToken: true,
  }),
  days: defineRoute({
    method: "GET",
    path: "/api/recordings/days",
    access: "recordings.view",
    tag: "recordings",
    summary: "Days of a month that have footage",
    query: DaysQuery,
    response: Days,
  }),
  timeline: defineRoute({
    method: "GET",
    path: "/api/recordings/timeline",
    access: "recordings.view",
    tag: "recordings",
    summary: "Recordings and gaps of a span",
    query: TimelineQuery,
    response: Timeline,
  }),
  playlist: defineRoute({
    method: "GET",
    path: "/api/recordings/playlist.m3u8",
    access: "recordings.view",
    tag: "recordings",
    summary: "HLS playlist of a span, byte ranges into the segments",
    query: PlaylistQuery,
    content: "application/vnd.apple.mpegurl",
    mediaToken: true,
  }),
};

export const deletionRoutes = {
  segment: defineRoute({
    method: "DELETE",
    path: "/api/recordings/segment/:camera_id/:name",
    access: "recordings.delete",
    tag: "recordings",
    summary: "Delete one segment; `conflict` where it is locked or still being written",
    params: SegmentParams,
    query: DryRun,
    response: DeletionResult,
  }),
  span: defineRoute({
    method: "POST",
    path: "/api/recordings/delete",
    access: "recordings.delete",
    tag: "recordings",
    summary: "Delete the segments of cameras that lie wholly within a span; what is locked stays",
    body: DeletionRequest,
    response: DeletionResult,
  }),
};

export const lockRoutes = {
  list: defineRoute({
    method: "GET",
    path: "/api/recordings/locks",
    access: "recordings.lock",
    tag: "recordings",
    summary: "Locks that hold, newest first, with the space that they hold",
    query: LockQuery,
    response: LockList,
  }),
  create: defineRoute({
    method: "POST",
    path: "/api/recordings/locks",
    access: "recordings.lock",
    tag: "recordings",
    summary: "Protect a span of cameras from every kind of deletion",
    body: LockCreate,
    response: Lock,
    status: 201,
  }),
  remove: defineRoute({
    method: "DELETE",
    path: "/api/recordings/locks/:id",
    access: "recordings.lock",
    tag: "recordings",
    summary: "Take a lock away",
    params: LockParams,
    status: 204,
  }),
};

export const eventRoutes = {
  stream: defineRoute({
    method: "GET",
    path: "/api/events/stream",
    access: "recordings.view",
    tag: "events",
    summary: "Changes as they happen (server-sent events; see LiveEvent)",
    content: "text/event-stream",
  }),
};

export const alertRoutes = {
  list: defineRoute({
    method: "GET",
    path: "/api/alerts",
    access: "recordings.view",
    tag: "alerts",
    summary: "Alerts, newest first; open ones have `until` null",
    query: Paging.extend({ open: z.stringbool().optional() }),
    response: z.object({ alerts: z.array(Alert), next_cursor: NextCursor }),
  }),
  acknowledge: defineRoute({
    method: "POST",
    path: "/api/alerts/:id/acknowledge",
    access: "recordings.view",
    tag: "alerts",
    summary: "Say that one has seen it",
    params: Id,
    response: Alert,
  }),
};

export const systemRoutes = {
  health: defineRoute({
    method: "GET",
    path: "/api/health",
    access: "public",
    tag: "system",
    summary: "Is it well? 503 only without catalog or storage",
    response: Health,
  }),
  status: defineRoute({
    method: "GET",
    path: "/api/system/status",
    access: "system.edit",
    tag: "system",
    summary: "Workers with what they use, disks, counts, of the whole installation",
    response: SystemStatus,
  }),
  metrics: defineRoute({
    method: "GET",
    path: "/metrics",
    access: "system.edit",
    tag: "system",
    summary: "The installation in figures, as text for Prometheus",
    content: "text/plain",
  }),
};
