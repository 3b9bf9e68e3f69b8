import { settingsRoutes } from "@nightjar/api/routes";
import { NightjarError } from "../../../base/error.ts";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import { BUILT_IN_DEFAULTS, patchAudio, patchRecording } from "../../../recording/camera-settings.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { recordingSettings } from "./recording-settings.ts";

export function updateRecordingSettingsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, settingsRoutes.updateRecording, async ({ principal, body, request }) => {
    const { tenantId, username } = principal;
    if (tenantId !== DEFAULT_TENANT_ID) throw notForCustomers();
    const { audio, ...recording } = body.defaults ?? {};
    const changed = await deps.catalog.tenant(tenantId).recordingDefaults.update((present) => ({
      recording: patchRecording(present.recording, recording),
      audio: patchAudio(present.audio, audio, BUILT_IN_DEFAULTS.audio),
    }));
    const after = recordingSettings(changed.after);
    deps.runtime.recordingRulesChanged();
    // Of the whole installation: every tenant's cameras inherit from it.
    deps.events.publish({ tenantId: null, event: { type: "recording_rules.changed" } });
    await deps.access.audit.write({
      tenantId,
      actor: username,
      action: "settings.recording.update",
      object: "recording settings",
      before: recordingSettings(changed.before),
      after,
      address: request.ip,
    });
    return after;
  });
}

/** The cameras of every tenant inherit them: no customer may change what another one's cameras do. */
export function notForCustomers(): NightjarError {
  return new NightjarError(
    "forbidden",
    "These settings are the whole installation's: only its own administrators change them. Set what you need at your cameras.",
    { details: { permission: "settings.edit" } },
  );
}
