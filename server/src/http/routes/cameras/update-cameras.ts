import { FieldError } from "@nightjar/api/error";
import { cameraRoutes } from "@nightjar/api/routes";
import { z } from "zod";
import { NightjarError } from "../../../base/error.ts";
import { cameraToWire } from "../../../recording/wire.ts";
import { invalidFields } from "../../field-error.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { cameraChanged } from "./camera-change.ts";
import { checkPatchedUrls, patchedCamera } from "./patched-camera.ts";

export function updateCamerasRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.updateMany, async ({ principal, body, request }) => {
    const { ids, changes } = body;
    const { cameras, recordingDefaults } = deps.catalog.tenant(principal.tenantId);
    const defaults = await recordingDefaults.get();
    const how = { secretBox: deps.secretBox, defaults };
    const updated = await namingChanges(async () => {
      await checkPatchedUrls(changes, deps);
      return cameras.updateMany(ids, (present) => patchedCamera(present, changes, how));
    });
    if (updated.kind === "missing") throw missing(updated.ids);
    const answer = [];
    for (const { before, after } of updated.cameras) {
      const camera = cameraToWire(after, defaults);
      await cameraChanged(deps, principal, request, {
        action: "camera.update",
        cameraId: after.id,
        before: cameraToWire(before, defaults),
        after: camera,
      });
      answer.push(camera);
    }
    return { cameras: answer };
  });
}

function missing(ids: readonly number[]): NightjarError {
  const what = ids.length === 1 ? "no camera" : "no cameras";
  return new NightjarError("not_found", `There is ${what} ${ids.join(", ")}; nothing was changed.`, {
    details: { camera_ids: ids },
  });
}

const Fields = z.object({ fields: z.array(FieldError) });

/** The fields of a camera lie under `changes` here, and errors shall name them as they were sent. */
async function namingChanges<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NightjarError) || error.code !== "invalid_field") throw error;
    const named = Fields.safeParse(error.details);
    if (!named.success) throw error;
    throw invalidFields(named.data.fields.map(({ field, message }) => ({ field: `changes.${field}`, message })));
  }
}
