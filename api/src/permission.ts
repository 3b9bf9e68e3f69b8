import { z } from "zod";

/** Everything a person, token or role can be allowed to do. A closed list: routes name exactly one of these. */
export const PERMISSIONS = [
  "recordings.view",
  "recordings.delete",
  "recordings.export",
  "recordings.lock",
  "recordings.control",
  "cameras.edit",
  "settings.edit",
  "users.edit",
  "audit.view",
  "tenants.view",
  "tenants.edit",
  "system.edit",
] as const;

export const Permission = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof Permission>;
