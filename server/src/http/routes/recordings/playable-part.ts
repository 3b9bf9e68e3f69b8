import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyReply } from "fastify";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { readingSegment, segmentOf } from "./segment-row.ts";

export function playablePartRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.segmentPlayable, async ({ principal, params, query, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    const { from: fromBytes, to: toBytes, after } = query;
    // Fragments never change once they are written, and are always converted alike: who has them need not wait for it again.
    const etag = `"flac-${fromBytes}-${toBytes}"`;
    reply.headers({ etag, "cache-control": "private, no-cache" });
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    if (request.method === "HEAD") return reply.type("video/mp4").send();
    const before = after === undefined ? undefined : await deps.catalog.segments(camera).byName(after);
    const range = { fromBytes, toBytes, after: before?.name ?? null };
    const signal = untilGone(reply);
    try {
      const part = await readingSegment(segment, () => deps.footage.playablePart(camera, segment.name, range, signal));
      return await reply.type("video/mp4").header("content-length", part.sizeBytes).send(part.bytes);
    } catch (error) {
      if (!signal.aborted) throw error;
      return reply.hijack();
    }
  });
}

/** Aborted once nobody waits for the answer any more. */
function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}
