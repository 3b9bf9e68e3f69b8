import type { Principal } from "../../../access/principal.ts";
import { NightjarError } from "../../../base/error.ts";
import type { StoredExport } from "../../../catalog/exports.ts";
import type { HttpDeps } from "../../ports.ts";

/** An export of the caller's tenant. Throws `not_found`. */
export async function exportOf({ catalog }: HttpDeps, principal: Principal, id: string): Promise<StoredExport> {
  const stored = await catalog.tenant(principal.tenantId).exports.get(id);
  if (stored === undefined) throw new NightjarError("not_found", `There is no export ${id}.`);
  return stored;
}
