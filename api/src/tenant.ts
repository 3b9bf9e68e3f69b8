import { z } from "zod";
import { StorageAmount } from "./camera.ts";

export const Tenant = z
  .object({
    id: z.number().int(),
    name: z.string(),
    max_storage_gb: z.number().describe("What the recordings of its cameras may take, GB of 10^9 bytes; 0: no limit"),
  })
  .meta({ id: "Tenant" });
export type Tenant = z.infer<typeof Tenant>;

/** JSON merge patch (RFC 7396): null takes the limit away. */
export const TenantPatch = z
  .strictObject({ max_storage_gb: StorageAmount.nullable().optional() })
  .meta({ id: "TenantPatch" });
