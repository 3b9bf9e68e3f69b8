import { promisify } from "node:util";
import { gzip, type ZlibOptions } from "node:zlib";
import { PLAYLIST_MAX_SPAN_MS } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyRequest } from "fastify";
import { NightjarError } from "../../../base/error.ts";
import { buildPlaylist, convertsToH264, playlistText } from "../../../recording/playlist.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";
import { transcodeViewer } from "./converted-parts.ts";
import { playlistSegments } from "./playlist-segments.ts";

const compress = promisify<string, ZlibOptions, Buffer>(gzip);
/** Of a day's playlist a twentieth more bytes than with the usual 6, in less than half of the time. */
const COMPRESSION_LEVEL = 3;
/** Below this, compressing costs more than it saves. */
const COMPRESS_FROM_CHARACTERS = 4096;

export function playlistRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.playlist, async ({ principal, query, request, reply }) => {
    const span = requestSpan(query, PLAYLIST_MAX_SPAN_MS);
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const segments = await playlistSegments(deps, camera, span);
    const variant = { kind: query.variant, speed: query.speed };
    const playlist = buildPlaylist(segments, span, deps.clock.nowMs(), variant);
    if (playlist.ended && playlist.entries.length === 0)
      throw new NightjarError(
        "not_found",
        `Camera ${camera.id} has no footage between ${query.start} and ${query.end}.`,
      );
    // Said here, ahead of playback, where a person sees it.
    if (convertsToH264(playlist, variant)) deps.transcodes.hold(transcodeViewer(principal, camera));
    const segmentUri = (name: string): string => `segment/${camera.id}/${name}`;
    const text = playlistText(playlist, { segmentUri, query: mediaTokenQuery(request) }, variant);
    reply.type("application/vnd.apple.mpegurl").headers({ "cache-control": "no-store", vary: "accept-encoding" });
    const zips = text.length >= COMPRESS_FROM_CHARACTERS && acceptsGzip(request);
    if (zips) reply.header("content-encoding", "gzip");
    return zips ? compress(text, { level: COMPRESSION_LEVEL }) : text;
  });
}

/** Players load what the playlist names with nothing but the address, so the token goes with it. */
function mediaTokenQuery(request: FastifyRequest): string {
  const { credential } = request;
  return credential?.from === "media_token" ? `?media_token=${encodeURIComponent(credential.token)}` : "";
}

function acceptsGzip(request: FastifyRequest): boolean {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  return /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(accepted);
}
