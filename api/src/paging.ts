import { z } from "zod";

/** Query keys of every list. `cursor` is opaque: pass back what `next_cursor` said. */
export const Paging = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(200).optional(),
});
export type Paging = z.infer<typeof Paging>;

export const NextCursor = z.string().nullable();
