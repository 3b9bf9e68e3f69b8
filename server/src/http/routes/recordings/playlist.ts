import { promisify } from "node:util";
import { gzip, type ZlibOptions } from "node:zlib";
import { PLAYLIST_MAX_SPAN_MS } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyRequest } from "fastify";
import { NightjarError } from "../../../base/error.ts";
import { buildPlaylist, convertsToH264, hasEntries } from "../../../recording/playlist.ts";
import { playlistText } from "../../../recording/playlist-text.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";
import { transcodeViewer } from "./converted-parts.ts";
import { playlistSegments } from "./playlist-segments.ts";

const compress = promisify<Buffer, ZlibOptions, Buffer>(gzip);
/** Of a day's playlist a fourteenth more bytes than with the usual 6, in a third of the time. */
const COMPRESSION_LEVEL = 1;
/** Below this, compressing costs more than it saves. */
const COMPRESS_FROM_BYTES = 4096;

/** Playlists beyond this are few. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
const NO_MEMORY = Buffer.alloc(0);

export function playlistRoute(registrar: Registrar, deps: HttpDeps): void {
  // For the next playlist: with more than a megabyte of garbage from each, the whole heap is collected over and over.
  let memory: Buffer = NO_MEMORY;
  register(registrar, recordingRoutes.playlist, async ({ principal, query, request, reply }) => {
    const span = requestSpan(query, PLAYLIST_MAX_SPAN_MS);
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const segments = await playlistSegments(deps, camera, span);
    const variant = { kind: query.variant, speed: query.speed };
    const playlist = buildPlaylist(segments, span, deps.clock.nowMs(), variant);
    if (playlist.ended && !hasEntries(playlist))
      throw new NightjarError(
        "not_found",
        `Camera ${camera.id} has no footage between ${query.start} and ${query.end}.`,
      );
    // Said here, ahead of playback, where a person sees it.
    if (convertsToH264(playlist, variant)) deps.transcodes.hold(transcodeViewer(principal, camera));
    const segmentUri = (name: string): string => `segment/${camera.id}/${name}`;
    const text = playlistText(playlist, { segmentUri, query: mediaTokenQuery(request) }, variant, memory);
    memory = NO_MEMORY;
    reply.type("application/vnd.apple.mpegurl").headers({ "cache-control": "no-store", vary: "accept-encoding" });
    if (text.length < COMPRESS_FROM_BYTES || !acceptsGzip(request)) return text;
    reply.header("content-encoding", "gzip");
    try {
      return await compress(text, { level: COMPRESSION_LEVEL });
    } finally {
      if (text.buffer.byteLength <= MAX_KEPT_BYTES) memory = Buffer.from(text.buffer);
    }
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
