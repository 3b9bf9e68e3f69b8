import { createHash } from "node:crypto";
import { recordingRoutes } from "@nightjar/api/routes";
import type { Principal } from "../../../access/principal.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { whileWaiting } from "../../while-waiting.ts";
import { transcodeViewer } from "./converted-parts.ts";
import { readingSegment, segmentOf } from "./segment-row.ts";

export function segmentInitRoute(registrar: Registrar, deps: HttpDeps): void {
  initRoute(registrar, deps, recordingRoutes.segmentInit, ({ camera, segment }) => deps.footage.init(camera, segment));
}

/** The init segments of what the routes of `converted-parts.ts` answer. */
export function playableInitRoute(registrar: Registrar, deps: HttpDeps): void {
  const { footage } = deps;
  initRoute(registrar, deps, recordingRoutes.segmentPlayableInit, ({ camera, segment }) =>
    footage.playableInit(camera, segment),
  );
}

export function syncInitRoute(registrar: Registrar, deps: HttpDeps): void {
  const { footage } = deps;
  initRoute(registrar, deps, recordingRoutes.segmentSyncInit, ({ camera, segment }) =>
    footage.sync.init(footage.segment(camera, segment)),
  );
}

export function h264InitRoute(registrar: Registrar, deps: HttpDeps): void {
  const { footage, transcodes } = deps;
  initRoute(registrar, deps, recordingRoutes.segmentH264Init, ({ principal, camera, segment, signal }) =>
    transcodes.run(transcodeViewer(principal, camera), signal, () =>
      footage.h264.init(footage.segment(camera, segment), signal),
    ),
  );
}

interface WantedInit {
  readonly principal: Principal;
  readonly camera: OwnedCamera;
  readonly segment: StoredSegment;
  readonly signal: AbortSignal;
}

type InitContract = (typeof recordingRoutes)[
  | "segmentInit"
  | "segmentPlayableInit"
  | "segmentSyncInit"
  | "segmentH264Init"];

function initRoute(
  registrar: Registrar,
  deps: HttpDeps,
  contract: InitContract,
  read: (wanted: WantedInit) => Promise<Buffer>,
): void {
  register(registrar, contract, async ({ principal, params, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    return whileWaiting(reply, async (signal) => {
      const bytes = await readingSegment(segment, () => read({ principal, camera, segment, signal }));
      const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
      reply.headers({ etag, "cache-control": "private, no-cache" });
      if (request.headers["if-none-match"] === etag) return reply.code(304).send();
      reply.type("video/mp4").header("content-length", bytes.length);
      return request.method === "HEAD" ? reply.send() : reply.send(bytes);
    });
  });
}
