import { storageRoutes } from "@nightjar/api/routes";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import { patchRecording } from "../../../recording/camera-settings.ts";
import { mergePatch, resolvedStorage } from "../../../recording/storage-settings.ts";
import type { TriedChange } from "../../../storage/keeping/storage-facts.ts";
import { addSum, emptySum } from "../../../storage/keeping/storage-preview.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { deletionToWire } from "../recordings/deletion-answer.ts";
import { patchedDefaults } from "../settings/changed-settings.ts";

export function storageDryRunRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, storageRoutes.dryRun, async ({ principal, body }) => {
    const { tenantId } = principal;
    const ids = new Set(body.cameras?.ids);
    for (const id of ids) await cameraOf(deps, principal, id);
    const { recording = {}, storage = {} } = body.cameras?.changes ?? {};
    // What a customer could not change is not tried either.
    const settings = tenantId === DEFAULT_TENANT_ID ? body.settings : undefined;
    const tried: TriedChange = {
      storage: (present) =>
        settings === undefined
          ? present
          : resolvedStorage(patchedDefaults({ recording: {}, audio: null, storage: present }, settings).storage ?? {}),
      retentionDays: (present) => {
        if (settings === undefined) return present;
        const patched = patchedDefaults({ recording: { retention_days: present }, audio: null }, settings);
        return patched.recording.retention_days ?? 30;
      },
      recordingOf: (camera) => (ids.has(camera.id) ? patchRecording(camera.recording, recording) : camera.recording),
      storageOf: (camera) => (ids.has(camera.id) ? mergePatch(camera.storage, storage) : camera.storage),
    };
    const sums = await deps.storage.preview(tried);
    const everyCamera = await deps.catalog.acrossTenants.everyCamera();
    const own = new Set(everyCamera.filter((camera) => camera.tenantId === tenantId).map(({ id }) => id));
    const total = emptySum();
    const perCamera = [];
    for (const [id, sum] of sums) {
      if (!own.has(id)) continue;
      const { dry_run: _, ...told } = deletionToWire(sum, true);
      perCamera.push({ camera_id: id, ...told });
      addSum(total, sum);
    }
    return { ...deletionToWire(total, true), cameras: perCamera };
  });
}
