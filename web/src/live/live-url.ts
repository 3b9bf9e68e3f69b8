import { routeUrl } from "@nightjar/api/client";
import { liveRoutes } from "@nightjar/api/routes";
import { MediaBuffer } from "./media-buffer.ts";

/** Main profile, level 3.1: who plays this plays what cameras send. */
const H265 = "hvc1.1.6.L93.B0";

/** Where a stream is, asked for so that this browser can play it. */
export function liveUrl(cameraId: number, stream: "main" | "sub"): string {
  const video = MediaBuffer.canPlay(H265) ? "original" : "h264";
  const path = routeUrl(liveRoutes.live, { params: { id: cameraId }, query: { stream, video } });
  return `${window.location.protocol === "https:" ? "wss:" : "ws:"}//${window.location.host}${path}`;
}
