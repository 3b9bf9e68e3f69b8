import type { User } from "@nightjar/api/access";
import type { Permission } from "@nightjar/api/permission";
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "./queries.ts";

/** Who is signed in. Inside the shell there is always somebody; null only in the moment a session ends. */
export function useMe(): User | null {
  return useQuery({ ...meQuery, enabled: false }).data ?? null;
}

/** Whether the signed-in person may do something; the server decides, this only hides what it would refuse. */
export function useHasPermission(permission: Permission): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}
