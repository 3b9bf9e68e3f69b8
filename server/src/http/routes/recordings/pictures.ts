import { createHash } from "node:crypto";
import {
  PICTURE_TIME_HEADER,
  SHEET_HEADER,
  THUMBNAIL_WIDTH,
  type ThumbnailSheet,
  TIMELINE_MAX_SPAN_MS,
} from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyReply, FastifyRequest } from "fastify";
import { NightjarError } from "../../../base/error.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import type { FilmedPicture } from "../../../footage/pictures.ts";
import { stackJpegs } from "../../../media/jpeg-stack.ts";
import { TOLERATED_HOLE_MS } from "../../../recording/timeline.ts";
import { instant } from "../../../recording/wire.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";
import { whileWaiting } from "../../while-waiting.ts";
import { readingSegment } from "./segment-row.ts";

/** A thumbnail from further away would show something else. */
const NEAR_MS = 60_000;

export function thumbnailRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.thumbnail, async ({ principal, query, request, reply }) => {
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const atMs = Date.parse(query.time);
    const segment = await segmentNear(deps, camera, atMs, NEAR_MS);
    return whileWaiting(reply, async (signal) => {
      const [picture] = await readingSegment(segment, () =>
        deps.footage.pictures.thumbnails(filesOf(deps, camera, segment), [atMs - segment.startMs], query.width, signal),
      );
      if (picture === undefined || Math.abs(segment.startMs + picture.offsetMs - atMs) > NEAR_MS)
        throw noPicture(camera, atMs);
      return sendPicture({ request, reply }, segment, picture);
    });
  });
}

export function frameRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.frame, async ({ principal, query, request, reply }) => {
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const atMs = Date.parse(query.time);
    const segment = await segmentNear(deps, camera, atMs, TOLERATED_HOLE_MS);
    return whileWaiting(reply, async (signal) => {
      const read = () =>
        deps.footage.pictures.frame(deps.footage.segment(camera, segment), atMs - segment.startMs, signal);
      return sendPicture({ request, reply }, segment, await readingSegment(segment, read));
    });
  });
}

export function thumbnailSheetRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.thumbnails, async ({ principal, query, request, reply }) => {
    const span = requestSpan(query, TIMELINE_MAX_SPAN_MS);
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    const stepMs = (span.endMs - span.startMs) / query.count;
    const times = Array.from({ length: query.count }, (_, number) => span.startMs + (number + 0.5) * stepMs);
    return whileWaiting(reply, async (signal) => {
      const pictures = await picturesNear(deps, camera, times, signal);
      const within = pictures.filter(({ filmedMs }) => filmedMs >= span.startMs && filmedMs < span.endMs);
      if (within.length === 0) throw noPicture(camera, span.startMs);
      const stack = stackJpegs(within.map((picture) => picture.jpeg));
      const sheet: ThumbnailSheet = {
        tile_width: stack.tileWidth,
        tile_height: stack.tileHeight,
        tile_step: stack.tileStep,
        times_ms: stack.taken.map((number) => Math.round(within[number]?.filmedMs ?? 0)),
      };
      reply.header(SHEET_HEADER, JSON.stringify(sheet));
      return sendJpeg({ request, reply }, stack.jpeg);
    });
  });
}

interface Filmed {
  readonly jpeg: Buffer;
  readonly filmedMs: number;
}

/** The thumbnails nearest to these times (evenly spread, ascending), each once. A segment whose file cannot be read is passed over. */
async function picturesNear(
  deps: HttpDeps,
  camera: OwnedCamera,
  times: readonly number[],
  signal: AbortSignal,
): Promise<Filmed[]> {
  const stepMs = (times[1] ?? 0) - (times[0] ?? 0);
  const wanted = new Map<string, { readonly segment: StoredSegment; readonly offsetsMs: readonly number[] }>();
  for (const atMs of times) {
    const segment = await findSegmentNear(deps, camera, atMs, Math.max(NEAR_MS, stepMs));
    if (segment === undefined) continue;
    const before = wanted.get(segment.name)?.offsetsMs ?? [];
    wanted.set(segment.name, { segment, offsetsMs: [...before, atMs - segment.startMs] });
  }
  const found: Filmed[] = [];
  for (const { segment, offsetsMs } of wanted.values()) {
    const files = filesOf(deps, camera, segment);
    const read = () => deps.footage.pictures.thumbnails(files, offsetsMs, THUMBNAIL_WIDTH, signal);
    const pictures = await readingSegment(segment, read).catch((error: unknown) => {
      if (error instanceof NightjarError && error.code === "not_found") return [];
      throw error;
    });
    found.push(...pictures.map(({ jpeg, offsetMs }) => ({ jpeg, filmedMs: segment.startMs + offsetMs })));
  }
  return found;
}

/** The segment that a time lies in, or the nearest that is at most so far away. Throws `not_found`. */
async function segmentNear(
  deps: HttpDeps,
  camera: OwnedCamera,
  atMs: number,
  farthestMs: number,
): Promise<StoredSegment> {
  const segment = await findSegmentNear(deps, camera, atMs, farthestMs);
  if (segment === undefined) throw noPicture(camera, atMs);
  return segment;
}

async function findSegmentNear(
  deps: HttpDeps,
  camera: OwnedCamera,
  atMs: number,
  farthestMs: number,
): Promise<StoredSegment | undefined> {
  const segments = deps.catalog.segments(camera);
  const open = deps.runtime.openSegments(camera.id);
  const endMs = ({ state, name, ...closed }: StoredSegment): number =>
    state === "open"
      ? (open.find((segment) => segment.name === name)?.endMs ?? Number.POSITIVE_INFINITY)
      : closed.endMs;
  const before = await segments.before(atMs + 1);
  const sinceMs = before === undefined ? Number.POSITIVE_INFINITY : atMs - endMs(before);
  if (sinceMs < 0) return before;
  const after = await segments.after(atMs);
  const untilMs = after === undefined ? Number.POSITIVE_INFINITY : after.startMs - atMs;
  if (Math.min(sinceMs, untilMs) > farthestMs) return undefined;
  return sinceMs <= untilMs ? before : after;
}

function filesOf({ footage }: HttpDeps, camera: OwnedCamera, segment: StoredSegment) {
  return { source: footage.segment(camera, segment), thumbnailsPath: footage.thumbnailsPath(camera, segment.name) };
}

function noPicture(camera: OwnedCamera, atMs: number): NightjarError {
  return new NightjarError(
    "not_found",
    `Camera ${camera.id} has no footage near ${instant(atMs)}; the timeline says where there is some.`,
  );
}

interface Answer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function sendPicture(answer: Answer, { startMs }: StoredSegment, { jpeg, offsetMs }: FilmedPicture): FastifyReply {
  answer.reply.header(PICTURE_TIME_HEADER, instant(Math.round(startMs + offsetMs)));
  return sendJpeg(answer, jpeg);
}

function sendJpeg({ request, reply }: Answer, jpeg: Buffer): FastifyReply {
  const etag = `"${createHash("sha256").update(jpeg).digest("hex").slice(0, 32)}"`;
  reply.headers({ etag, "cache-control": "private, no-cache" });
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  reply.type("image/jpeg").header("content-length", jpeg.length);
  return request.method === "HEAD" ? reply.send() : reply.send(jpeg);
}
