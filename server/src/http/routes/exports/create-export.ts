import { randomBytes } from "node:crypto";
import { EXPORT_MAX_SPAN_MS } from "@nightjar/api/export";
import { exportRoutes } from "@nightjar/api/routes";
import { exportUrl } from "../../../export/export-wire.ts";
import { invalidField } from "../../field-error.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";

const ID_BYTES = 6;

export function createExportRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.create, async ({ principal, body, request, reply }) => {
    const { dry_run: dryRun, ...order } = body;
    requestSpan(order, EXPORT_MAX_SPAN_MS);
    const outside = order.privacy_masks.findIndex((mask) => mask.x + mask.width > 1 || mask.y + mask.height > 1);
    if (outside >= 0) throw invalidField(`privacy_masks.${outside}`, "reaches beyond the picture");
    const cameras = [];
    for (const id of order.camera_ids) cameras.push(await cameraOf(deps, principal, id, "footage"));
    if (dryRun) {
      reply.code(200);
      return deps.exports.estimate(cameras, order);
    }
    const { tenantId, username } = principal;
    const stored = await deps.catalog.tenant(tenantId).exports.create({
      id: randomBytes(ID_BYTES).toString("hex"),
      createdBy: username,
      request: order,
    });
    await deps.access.audit.write({
      ...{ tenantId, actor: username, action: "export.create", object: `export ${stored.id}` },
      after: order,
      address: request.ip,
    });
    deps.exports.queue.add(stored);
    return { export_id: stored.id, status_url: exportUrl(stored.id) };
  });
}
