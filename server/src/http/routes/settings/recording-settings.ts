import { settingsRoutes } from "@nightjar/api/routes";
import type { RecordingSettings } from "@nightjar/api/settings";
import type { Principal } from "../../../access/principal.ts";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import type { CameraDefaults } from "../../../recording/camera-settings.ts";
import { retentionParts } from "../../../recording/storage-settings.ts";
import { shareSettingsToWire } from "../../../storage/archive/share-settings.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function recordingSettingsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, settingsRoutes.recording, async ({ principal }) =>
    recordingSettings(deps, principal, await deps.catalog.tenant(principal.tenantId).recordingDefaults.get()),
  );
}

/** The defaults as the API tells them. Where the server keeps its files is no customer's business. */
export async function recordingSettings(
  { storage: { places, share } }: HttpDeps,
  { tenantId }: Principal,
  { recording, audio, storage }: CameraDefaults,
): Promise<RecordingSettings> {
  const isInstallation = tenantId === DEFAULT_TENANT_ID;
  const path = isInstallation ? (await places.settings()).places.recordings : "";
  const shared = isInstallation ? shareSettingsToWire(share.settings) : NO_SHARE;
  return {
    defaults: { ...recording, audio },
    storage: { ...shared, path, retention: retentionParts(recording.retention_days), ...storage },
  };
}

const NO_SHARE = { type: "local", nas: null, s3: null, sftp: null } as const;
