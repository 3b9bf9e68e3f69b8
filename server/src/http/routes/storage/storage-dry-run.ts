import { storageRoutes } from "@nightjar/api/routes";
import { mayDo } from "../../../access/principal.ts";
import { NightjarError } from "../../../base/error.ts";
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
import { tenantMaxBytes, tenantOf } from "../tenants/tenant-limit.ts";

export function storageDryRunRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, storageRoutes.dryRun, async ({ principal, body }) => {
    const { tenantId } = principal;
    const tenantIds = new Set(body.tenants?.ids);
    if (tenantIds.size > 0 && !mayDo(principal, "tenants.edit")) throw needsTenantsEdit();
    for (const id of tenantIds) await tenantOf(deps, id);
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
      tenantMaxBytes: (id, present) =>
        tenantIds.has(id) ? tenantMaxBytes(body.tenants?.changes ?? {}, present) : present,
    };
    const sums = await deps.storage.preview(tried);
    const told = new Set([tenantId, ...tenantIds]);
    const every = await deps.catalog.acrossTenants.everyCamera();
    const cameras = new Set(every.filter((camera) => told.has(camera.tenantId)).map(({ id }) => id));
    const total = emptySum();
    const perCamera = [];
    for (const [id, sum] of sums) {
      if (!cameras.has(id)) continue;
      const { dry_run: _, ...result } = deletionToWire(sum, true);
      perCamera.push({ camera_id: id, ...result });
      addSum(total, sum);
    }
    return { ...deletionToWire(total, true), cameras: perCamera };
  });
}

function needsTenantsEdit(): NightjarError {
  const details = { permission: "tenants.edit" } as const;
  return new NightjarError("forbidden", "Limits of tenants are tried by who may change them.", { details });
}
