import type { Tenant } from "@nightjar/api/tenant";
import type { StoredTenant } from "../../../catalog/tenants.ts";
import { BYTES_PER_GB } from "../../../recording/storage-settings.ts";
import { notFound } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";

/** A tenant, for who may look beyond their own. Throws `not_found`. */
export async function tenantOf(deps: HttpDeps, id: number): Promise<StoredTenant> {
  const tenant = await deps.catalog.acrossTenants.tenant(id);
  if (tenant === undefined) throw notFound("tenant", id);
  return tenant;
}

/** What its footage may take after a merge patch, bytes; 0: no limit. Pure. */
export function tenantMaxBytes(
  patch: { readonly max_storage_gb?: number | null | undefined },
  present: number,
): number {
  if (patch.max_storage_gb === undefined) return present;
  return Math.round((patch.max_storage_gb ?? 0) * BYTES_PER_GB);
}

export function tenantToWire({ id, name, maxStorageBytes }: StoredTenant): Tenant {
  return { id, name, max_storage_gb: maxStorageBytes / BYTES_PER_GB };
}
