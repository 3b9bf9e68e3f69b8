import { z } from "zod";

/** 200 `ok` or `degraded` (something needs a person), 503 `down` without catalog or storage. */
export const Health = z
  .object({
    status: z.enum(["ok", "degraded", "down"]),
    version: z.string(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;
