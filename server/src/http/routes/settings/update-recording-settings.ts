import { settingsRoutes } from "@nightjar/api/routes";
import { NightjarError } from "../../../base/error.ts";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { patchedDefaults } from "./changed-settings.ts";
import { recordingSettings } from "./recording-settings.ts";

export function updateRecordingSettingsRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, settingsRoutes.updateRecording, async ({ principal, body, request }) => {
    const { tenantId, username } = principal;
    if (tenantId !== DEFAULT_TENANT_ID) throw notForCustomers();
    const { recordingDefaults } = deps.catalog.tenant(tenantId);
    const before = await recordingSettings(deps, principal, await recordingDefaults.get());
    const { path, type, nas, s3, sftp } = body.storage ?? {};
    const share = { type, nas, s3, sftp };
    deps.storage.share.requireValid(share);
    const moved = path === undefined ? null : await deps.storage.places.change({ places: { recordings: path } });
    const changed = await recordingDefaults
      .update((present) => patchedDefaults(present, body))
      .catch(async (error: unknown) => {
        // All or nothing.
        if (moved !== null) await deps.storage.places.change({ places: moved.before.places });
        throw error;
      });
    if (Object.values(share).some((value) => value !== undefined)) await deps.storage.share.change(share);
    const after = await recordingSettings(deps, principal, changed.after);
    void deps.runtime.recordingRulesChanged();
    deps.storage.retentionChanged();
    // Of the whole installation: every tenant's cameras inherit from it.
    deps.events.publish({ tenantId: null, event: { type: "recording_rules.changed" } });
    await deps.access.audit.write({
      tenantId,
      actor: username,
      action: "settings.recording.update",
      object: "recording settings",
      before,
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
