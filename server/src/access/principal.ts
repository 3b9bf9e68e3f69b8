import type { Permission } from "@nightjar/api/permission";
import type { BuiltInRole } from "../catalog/roles.ts";

/** Who asks, and what they may do. */
export interface Principal {
  /** What they showed: a session (cookie or bearer), an API token, or a media token. */
  readonly kind: "session" | "api_token" | "media_token";
  /** Id of the session or API token. */
  readonly credentialId: number;
  /** The tenant in which they act; their own unless `actIn` changed it. */
  readonly tenantId: number;
  readonly tenantName: string;
  /** The tenant to which the user belongs. */
  readonly homeTenantId: number;
  readonly userId: number;
  readonly username: string;
  readonly role: BuiltInRole;
  readonly permissions: readonly Permission[];
  /** A media token is good for this camera only; null for everything else. */
  readonly cameraId: number | null;
  /** null: until revoked. */
  readonly expiresAtMs: number | null;
}

/** Whether the principal has the permission. */
export function mayDo(principal: Principal, permission: Permission): boolean {
  return principal.permissions.includes(permission);
}
