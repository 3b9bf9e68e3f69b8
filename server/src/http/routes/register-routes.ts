import type { HttpDeps } from "../ports.ts";
import type { Registrar } from "../register.ts";
import { acknowledgeAlertRoute } from "./alerts/acknowledge-alert.ts";
import { listAlertsRoute } from "./alerts/list-alerts.ts";
import { loginRoute } from "./auth/login.ts";
import { logoutRoute } from "./auth/logout.ts";
import { meRoute } from "./auth/me.ts";
import { mediaTokenRoute } from "./auth/media-token.ts";
import { setupRoute } from "./auth/setup.ts";
import { setupStateRoute } from "./auth/setup-state.ts";
import { cameraDiagnosisRoute } from "./cameras/camera-diagnosis.ts";
import { cameraStatusRoute } from "./cameras/camera-status.ts";
import { createCameraRoute } from "./cameras/create-camera.ts";
import { getCameraRoute } from "./cameras/get-camera.ts";
import { listCamerasRoute } from "./cameras/list-cameras.ts";
import { probeCameraRoute } from "./cameras/probe-camera.ts";
import { recordCameraRoute } from "./cameras/record-camera.ts";
import { removeCameraRoute } from "./cameras/remove-camera.ts";
import { updateCameraRoute } from "./cameras/update-camera.ts";
import { updateCamerasRoute } from "./cameras/update-cameras.ts";
import { eventStreamRoute } from "./events/event-stream.ts";
import { cancelExportRoute, removeExportRoute, retryExportRoute } from "./exports/change-export.ts";
import { createExportRoute } from "./exports/create-export.ts";
import { downloadExportRoute } from "./exports/download-export.ts";
import { getExportRoute, listExportsRoute } from "./exports/read-exports.ts";
import { createGroupRoute } from "./groups/create-group.ts";
import { listGroupsRoute } from "./groups/list-groups.ts";
import { removeGroupRoute } from "./groups/remove-group.ts";
import { updateGroupRoute } from "./groups/update-group.ts";
import { liveRoute } from "./live/live.ts";
import { snapshotRoute } from "./live/snapshot.ts";
import { h264PartRoute, playablePartRoute, syncPartRoute } from "./recordings/converted-parts.ts";
import { createLockRoute } from "./recordings/create-lock.ts";
import { daysRoute } from "./recordings/days.ts";
import { deleteSegmentRoute } from "./recordings/delete-segment.ts";
import { deleteSpanRoute } from "./recordings/delete-span.ts";
import { listLocksRoute } from "./recordings/list-locks.ts";
import { frameRoute, thumbnailRoute, thumbnailSheetRoute } from "./recordings/pictures.ts";
import { playlistRoute } from "./recordings/playlist.ts";
import { removeLockRoute } from "./recordings/remove-lock.ts";
import { segmentFileRoute } from "./recordings/segment-file.ts";
import { h264InitRoute, playableInitRoute, segmentInitRoute, syncInitRoute } from "./recordings/segment-init.ts";
import { segmentsRoute } from "./recordings/segments.ts";
import { timelineRoute } from "./recordings/timeline.ts";
import { createScheduleRoute } from "./schedules/create-schedule.ts";
import { getScheduleRoute } from "./schedules/get-schedule.ts";
import { listSchedulesRoute } from "./schedules/list-schedules.ts";
import { removeScheduleRoute } from "./schedules/remove-schedule.ts";
import { updateScheduleRoute } from "./schedules/update-schedule.ts";
import { exportSettingsRoute, updateExportSettingsRoute } from "./settings/export-settings.ts";
import { recordingSettingsRoute } from "./settings/recording-settings.ts";
import { systemSettingsRoute } from "./settings/system-settings.ts";
import { testShareRoute } from "./settings/test-share.ts";
import { updateRecordingSettingsRoute } from "./settings/update-recording-settings.ts";
import { updateSystemSettingsRoute } from "./settings/update-system-settings.ts";
import { confirmClockRoute } from "./storage/confirm-clock.ts";
import { storageDryRunRoute } from "./storage/storage-dry-run.ts";
import { storageStateRoute } from "./storage/storage-state.ts";
import { healthRoute } from "./system/health.ts";
import { metricsRoute } from "./system/metrics.ts";
import { systemKeyRoute } from "./system/system-key.ts";
import { systemStatusRoute } from "./system/system-status.ts";
import { getTenantRoute, listTenantsRoute } from "./tenants/read-tenants.ts";
import { updateTenantRoute } from "./tenants/update-tenant.ts";
import { createTokenRoute } from "./tokens/create-token.ts";
import { listTokensRoute } from "./tokens/list-tokens.ts";
import { removeTokenRoute } from "./tokens/remove-token.ts";

const ROUTES: readonly ((registrar: Registrar, deps: HttpDeps) => void)[] = [
  setupStateRoute,
  setupRoute,
  loginRoute,
  logoutRoute,
  meRoute,
  mediaTokenRoute,
  listTokensRoute,
  createTokenRoute,
  removeTokenRoute,
  listCamerasRoute,
  createCameraRoute,
  getCameraRoute,
  updateCameraRoute,
  updateCamerasRoute,
  removeCameraRoute,
  probeCameraRoute,
  cameraStatusRoute,
  recordCameraRoute,
  cameraDiagnosisRoute,
  liveRoute,
  snapshotRoute,
  listGroupsRoute,
  createGroupRoute,
  updateGroupRoute,
  removeGroupRoute,
  listSchedulesRoute,
  createScheduleRoute,
  getScheduleRoute,
  updateScheduleRoute,
  removeScheduleRoute,
  recordingSettingsRoute,
  updateRecordingSettingsRoute,
  exportSettingsRoute,
  updateExportSettingsRoute,
  systemSettingsRoute,
  updateSystemSettingsRoute,
  testShareRoute,
  storageStateRoute,
  storageDryRunRoute,
  listTenantsRoute,
  getTenantRoute,
  updateTenantRoute,
  confirmClockRoute,
  segmentsRoute,
  segmentFileRoute,
  segmentInitRoute,
  playablePartRoute,
  playableInitRoute,
  syncPartRoute,
  syncInitRoute,
  h264PartRoute,
  h264InitRoute,
  daysRoute,
  timelineRoute,
  playlistRoute,
  createExportRoute,
  listExportsRoute,
  getExportRoute,
  removeExportRoute,
  cancelExportRoute,
  retryExportRoute,
  downloadExportRoute,
  deleteSegmentRoute,
  deleteSpanRoute,
  listLocksRoute,
  createLockRoute,
  removeLockRoute,
  thumbnailRoute,
  thumbnailSheetRoute,
  frameRoute,
  eventStreamRoute,
  listAlertsRoute,
  acknowledgeAlertRoute,
  healthRoute,
  systemKeyRoute,
  systemStatusRoute,
  metricsRoute,
];

/** Adds every route of the API. */
export function registerRoutes(registrar: Registrar, deps: HttpDeps): void {
  for (const route of ROUTES) route(registrar, deps);
}
