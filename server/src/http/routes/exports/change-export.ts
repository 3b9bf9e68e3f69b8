import { exportRoutes } from "@nightjar/api/routes";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import { NightjarError } from "../../../base/error.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { exportOf } from "./export-of.ts";

export function removeExportRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.remove, async ({ principal, params, request }) => {
    await deps.exports.queue.remove(await exportOf(deps, principal, params.id));
    await audit(deps, { principal, request, action: "export.delete", id: params.id });
    return undefined;
  });
}

export function cancelExportRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.cancel, async ({ principal, params, request }) => {
    const stored = await exportOf(deps, principal, params.id);
    if (stored.status !== "queued" && stored.status !== "running")
      throw new NightjarError("conflict", `Export ${stored.id} is ${stored.status}: there is nothing to cancel.`);
    const cancelled = await deps.exports.queue.cancel(stored);
    await audit(deps, { principal, request, action: "export.cancel", id: params.id });
    return deps.exports.queue.wire(cancelled);
  });
}

export function retryExportRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.retry, async ({ principal, params, request }) => {
    const queued = await deps.catalog.tenant(principal.tenantId).exports.retry(params.id);
    if (queued === undefined) throw new NightjarError("not_found", `There is no export ${params.id}.`);
    await audit(deps, { principal, request, action: "export.retry", id: params.id });
    deps.exports.queue.add(queued);
    return deps.exports.queue.wire(queued);
  });
}

async function audit(
  { access }: HttpDeps,
  deed: {
    readonly principal: Principal;
    readonly request: FastifyRequest;
    readonly action: string;
    readonly id: string;
  },
): Promise<void> {
  const { principal, request, action, id } = deed;
  const { tenantId, username } = principal;
  await access.audit.write({ tenantId, actor: username, action, object: `export ${id}`, address: request.ip });
}
