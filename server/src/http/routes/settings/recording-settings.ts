import { settingsRoutes } from "@nightjar/api/routes";
import type { RecordingSettings } from "@nightjar/api/settings";
import type { CameraDefaults } from "../../../recording/camera-settings.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function recordingSettingsRoute(registrar: Registrar, { catalog }: HttpDeps): void {
  register(registrar, settingsRoutes.recording, async ({ principal }) =>
    recordingSettings(await catalog.tenant(principal.tenantId).recordingDefaults.get()),
  );
}

/** The defaults as the API tells them. */
export function recordingSettings({ recording, audio }: CameraDefaults): RecordingSettings {
  return { defaults: { ...recording, audio } };
}
