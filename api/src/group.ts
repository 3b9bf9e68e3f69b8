import { z } from "zod";

export const GroupCreate = z.strictObject({ name: z.string().trim().min(1).max(100) }).meta({ id: "GroupCreate" });
export const Group = z.object({ id: z.number().int(), name: z.string() }).meta({ id: "Group" });
export type Group = z.infer<typeof Group>;
