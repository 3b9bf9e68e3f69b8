import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { PLAYLIST_MAX_SPAN_MS } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyRequest } from "fastify";
import { NightjarError } from "../../../base/error.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import {
  buildPlaylist,
  convertsToH264,
  type PlaylistSegment,
  playlistText,
  segmentEndMs,
} from "../../../recording/playlist.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";
import { transcodeViewer } from "./converted-parts.ts";

const compress = promisify(gzip);
/** Below this, compressing costs more than it saves. */
const COMPRESS_FROM_CHARACTERS = 4096;
const READS_AT_ONCE = 8;

export function playlistRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.playlist, async ({ principal, query, request, reply }) => {
    const span = requestSpan(query, PLAYLIST_MAX_SPAN_MS);
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const segments = await readSegments(deps, camera, await deps.catalog.segments(camera).within(span));
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
    return zips ? compress(text) : text;
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

/**
 * The segments with their indexes. One whose file cannot be read is left out, and leaves a hole that the player skips; throws
 * `unavailable` when that is so for all of them.
 */
async function readSegments(
  deps: HttpDeps,
  camera: OwnedCamera,
  rows: readonly StoredSegment[],
): Promise<PlaylistSegment[]> {
  const segments: PlaylistSegment[] = [];
  for (let first = 0; first < rows.length; first += READS_AT_ONCE) {
    const part = rows.slice(first, first + READS_AT_ONCE);
    const read = await Promise.all(part.map((row) => readSegment(deps, camera, row, row === rows.at(-1))));
    segments.push(...read.filter((segment) => segment !== null));
  }
  if (rows.length > 0 && segments.length === 0)
    throw new NightjarError(
      "unavailable",
      `No segment file of this span can be read; is the storage of camera ${camera.id} there?`,
    );
  return segments;
}

async function readSegment(
  deps: HttpDeps,
  camera: OwnedCamera,
  row: StoredSegment,
  isLast: boolean,
): Promise<PlaylistSegment | null> {
  const { name, runId, startMs, endMs } = row;
  try {
    const index = await deps.footage.readIndex(camera, row);
    // Only the last one grows: an open one before it was left behind by a crash.
    const open = row.state === "open" && isLast;
    return { name, runId, startMs, index, open, endMs: row.state === "open" ? segmentEndMs(startMs, index) : endMs };
  } catch (error) {
    deps.log.named("http").warn("a segment file cannot be read", { camera_id: camera.id, segment: name, error });
    return null;
  }
}
