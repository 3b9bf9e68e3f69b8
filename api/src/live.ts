import { z } from "zod";
import { CameraId, GapCause } from "./camera.ts";
import { ErrorBody } from "./error.ts";
import { Instant } from "./time.ts";

export const LiveParams = z.object({ id: CameraId });

export const LiveQuery = z.object({
  stream: z
    .enum(["main", "sub"])
    .default("main")
    .describe("A stream that the camera does not have, or does not serve now, is replaced by the other one"),
  video: z
    .enum(["original", "h264"])
    .default("original")
    .describe("`h264`: H.265 is converted, for browsers that cannot play it; at most two at once in the whole server"),
});

/** Ahead of a binary init segment, which fragments follow: one to a binary message, the first one begins with a sync sample. */
export const LiveBeginning = z
  .object({
    codecs: z.string().describe("RFC 6381 names, comma-separated, as Media Source Extensions want them"),
    width: z.number().int(),
    height: z.number().int(),
    stream: z.enum(["main", "sub"]).describe("Which one it is"),
    continues: z.boolean().describe("Media times go on from those before; false: they begin anew"),
    converted: z.enum(["video", "sound"]).nullable().describe("What is not as the camera sends it"),
    time: Instant.describe("The server's clock when this was sent"),
  })
  .meta({ id: "LiveBeginning" });
export type LiveBeginning = z.infer<typeof LiveBeginning>;

/** No picture comes for now; when it does, a beginning says so. */
export const LiveInterruption = z
  .object({ connection: z.enum(["connecting", "offline"]), cause: GapCause.nullable() })
  .meta({ id: "LiveInterruption" });
export type LiveInterruption = z.infer<typeof LiveInterruption>;

/** The text messages of `GET /api/cameras/{id}/live`; the error is the last thing before the connection is closed. */
export const LiveMessage = z.union([LiveBeginning, LiveInterruption, ErrorBody]);
export type LiveMessage = z.infer<typeof LiveMessage>;
