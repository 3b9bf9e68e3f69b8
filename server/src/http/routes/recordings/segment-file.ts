import { recordingRoutes } from "@nightjar/api/routes";
import type { FastifyReply, FastifyRequest } from "fastify";
import { NightjarError } from "../../../base/error.ts";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { StoredSegment } from "../../../catalog/segments.ts";
import { openSegment, type SegmentHandle } from "../../../footage/segment-source.ts";
import { httpDate, planTransfer, type Representation } from "../../byte-range.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { readingSegment, segmentOf } from "./segment-row.ts";

const READ_BYTES = 262_144;

export function segmentFileRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.segmentFile, async ({ principal, params, request, reply }) => {
    const { camera, segment } = await segmentOf(deps, principal, params);
    const file = await readingSegment(segment, () => openSegment(deps.footage.segment(camera, segment)));
    try {
      const representation = await describe(deps, camera, segment, file);
      return await sendFile({ request, reply, file, segment, representation });
    } catch (error) {
      await file.close();
      throw error;
    }
  });
}

/** A closed file as it is; an open one up to its last whole fragment, with a tag that changes as it grows. */
async function describe(
  deps: HttpDeps,
  camera: OwnedCamera,
  segment: StoredSegment,
  file: SegmentHandle,
): Promise<Representation> {
  const { size, mtimeMs } = await file.stat();
  if (segment.state !== "open")
    return { sizeBytes: size, etag: `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`, modifiedMs: mtimeMs };
  const written = deps.runtime.openSegments(camera.id).find((open) => open.name === segment.name);
  const wholeBytes = written?.sizeBytes ?? (await indexedBytes(deps, camera, segment));
  const sizeBytes = Math.min(size, wholeBytes);
  return { sizeBytes, etag: `"open-${sizeBytes.toString(16)}"`, modifiedMs: mtimeMs };
}

async function indexedBytes(deps: HttpDeps, camera: OwnedCamera, segment: StoredSegment): Promise<number> {
  const index = await readingSegment(segment, () => deps.footage.readIndex(camera, segment));
  const last = index.fragments.at(-1);
  return last === undefined ? 0 : last.offsetBytes + last.sizeBytes;
}

interface Sending {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly file: SegmentHandle;
  readonly segment: StoredSegment;
  readonly representation: Representation;
}

async function sendFile({ request, reply, file, segment, representation }: Sending): Promise<FastifyReply> {
  const { sizeBytes, etag, modifiedMs } = representation;
  const growing = segment.state === "open";
  const transfer = planTransfer(request.method, request.headers, representation);
  if (transfer.status === 416) {
    reply.header("content-range", `bytes */${sizeBytes}`);
    throw new NightjarError("range_not_satisfiable", `The file has ${sizeBytes} bytes.`, {
      details: { size_bytes: sizeBytes },
    });
  }
  reply.code(transfer.status).headers({
    "accept-ranges": "bytes",
    etag,
    "last-modified": httpDate(modifiedMs),
    // A browser that keeps a part of a file which still grows would ask for the next part "if it is the same", and get it whole.
    "cache-control": growing ? "no-store" : "private, no-cache",
  });
  const [start, end] = transfer.status === 206 ? [transfer.startByte, transfer.endByte] : [0, sizeBytes - 1];
  if (transfer.status === 206) reply.header("content-range", `bytes ${start}-${end}/${sizeBytes}`);
  if (transfer.status !== 304) reply.type("video/mp4").header("content-length", end - start + 1);
  if (transfer.status === 304 || request.method === "HEAD" || sizeBytes === 0) {
    await file.close();
    return reply.send();
  }
  return reply.send(file.createReadStream({ start, end, highWaterMark: READ_BYTES }));
}
