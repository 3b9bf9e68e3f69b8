import type { PlayableQuery } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Principal } from "../../../access/principal.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { SizedStream } from "../../../footage/file-pieces.ts";
import type { HttpDeps, NamedPart } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { whileWaiting } from "../../while-waiting.ts";
import { readingSegment, segmentOf } from "./segment-row.ts";

/** Fragments of a segment with sound that browsers play. */
export function playablePartRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.segmentPlayable, async ({ principal, params, query, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    return sendPart({ request, reply, etag: `"flac-${query.from}-${query.to}"` }, async (signal) => {
      const part = await namedPart(deps, camera, query);
      return readingSegment(segment, () => deps.footage.playablePart(camera, segment, part, signal));
    });
  });
}

/** The key frames of fragments, for fast play. */
export function syncPartRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.segmentSync, async ({ principal, params, query, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    const { from: fromBytes, to: toBytes, speed } = query;
    const source = deps.footage.segment(camera, segment);
    return sendPart({ request, reply, etag: `"sync-${speed}-${fromBytes}-${toBytes}"` }, () =>
      readingSegment(segment, () => deps.footage.sync.part(source, { fromBytes, toBytes }, speed)),
    );
  });
}

/** Fragments with H.265 as H.264. */
export function h264PartRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.segmentH264, async ({ principal, params, query, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    return sendPart({ request, reply, etag: `"h264-${query.from}-${query.to}"` }, async (signal) => {
      const { after, ...range } = await namedPart(deps, camera, query);
      const source = deps.footage.segment(camera, segment);
      const afterSource = after === null ? null : deps.footage.segment(camera, after);
      const convert = () => deps.footage.h264.part(source, { ...range, afterSource }, signal);
      return readingSegment(segment, () => deps.transcodes.run(transcodeViewer(principal, camera), signal, convert));
    });
  });
}

/** One person who watches one camera takes one place, however many tabs show it. */
export function transcodeViewer(principal: Principal, camera: OwnedCamera): string {
  return `${principal.userId} ${camera.id}`;
}

interface PartAnswer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly etag: string;
}

/** Fragments never change once they are written, and are always converted alike: who has them need not wait for them again. */
async function sendPart(
  { request, reply, etag }: PartAnswer,
  make: (signal: AbortSignal) => Promise<SizedStream>,
): Promise<unknown> {
  reply.headers({ etag, "cache-control": "private, no-cache" });
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  if (request.method === "HEAD") return reply.type("video/mp4").send();
  return whileWaiting(reply, async (signal) => {
    const part = await make(signal);
    return reply.type("video/mp4").header("content-length", part.sizeBytes).send(part.bytes);
  });
}

/** A part as a playlist names it. */
async function namedPart(
  deps: HttpDeps,
  camera: OwnedCamera,
  { from: fromBytes, to: toBytes, after }: z.output<typeof PlayableQuery>,
): Promise<NamedPart> {
  const before = after === undefined ? undefined : await deps.catalog.segments(camera).byName(after);
  return { fromBytes, toBytes, after: before ?? null };
}
