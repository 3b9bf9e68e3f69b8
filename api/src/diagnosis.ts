import { z } from "zod";
import { GapCause, NotWantedCause } from "./camera.ts";
import { Instant } from "./time.ts";

export const DiagnosisQuery = z.object({ time: Instant.optional().describe("Default: now") });

/** One step of the way from the camera to the disk, as it is now (not at the asked time). */
export const DiagnosisCheck = z.object({
  name: z.enum(["camera", "mode", "worker", "connection", "pictures", "storage", "recording"]),
  ok: z.boolean(),
  detail: z.string(),
});
export type DiagnosisCheck = z.infer<typeof DiagnosisCheck>;

/** Why there is (no) footage of a camera at an instant. */
export const Diagnosis = z
  .object({
    camera_id: z.number().int(),
    time: Instant,
    answer: z.string().describe("One sentence for people"),
    cause: z
      .union([GapCause, NotWantedCause])
      .nullable()
      .describe("null: there is footage, or there cannot be any yet"),
    checks: z.array(DiagnosisCheck),
  })
  .meta({ id: "Diagnosis" });
export type Diagnosis = z.infer<typeof Diagnosis>;
