import { PERMISSIONS, type Permission } from "@nightjar/api/permission";
import type { BuiltInRole } from "../catalog/roles.ts";
import { DEFAULT_TENANT_ID } from "../catalog/tenants.ts";

/** What the built-in roles may do. */
const ROLE_PERMISSIONS: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  Administrator: PERMISSIONS,
  Operator: ["recordings.view", "recordings.export", "recordings.lock", "recordings.control"],
  Viewer: ["recordings.view"],
};

/** Permissions that reach beyond one's own tenant. */
const INSTALLATION_WIDE: readonly Permission[] = ["tenants.view", "tenants.edit", "system.edit"];

/**
 * What a user with this role may do. Installation-wide permissions are for users of the first tenant only: the administrator of a
 * customer administers that customer, not the whole installation.
 */
export function permissionsOf(role: BuiltInRole, homeTenantId: number): readonly Permission[] {
  const permissions = ROLE_PERMISSIONS[role];
  if (homeTenantId === DEFAULT_TENANT_ID) return permissions;
  return permissions.filter((permission) => !INSTALLATION_WIDE.includes(permission));
}
