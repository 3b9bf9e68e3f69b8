import { createHash } from "node:crypto";
import { recordingRoutes } from "@nightjar/api/routes";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { readingSegment, segmentOf } from "./segment-row.ts";

export function segmentInitRoute(registrar: Registrar, deps: HttpDeps): void {
  initRoute(registrar, deps, recordingRoutes.segmentInit, "init");
}

/** The init segment of what `playablePartRoute` answers. */
export function playableInitRoute(registrar: Registrar, deps: HttpDeps): void {
  initRoute(registrar, deps, recordingRoutes.segmentPlayableInit, "playableInit");
}

function initRoute(
  registrar: Registrar,
  deps: HttpDeps,
  contract: typeof recordingRoutes.segmentInit | typeof recordingRoutes.segmentPlayableInit,
  which: "init" | "playableInit",
): void {
  register(registrar, contract, async ({ principal, params, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    const bytes = await readingSegment(segment, () => deps.footage[which](camera, segment.name));
    const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
    reply.headers({ etag, "cache-control": "private, no-cache" });
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    reply.type("video/mp4").header("content-length", bytes.length);
    return request.method === "HEAD" ? reply.send() : reply.send(bytes);
  });
}
