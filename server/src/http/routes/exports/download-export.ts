import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { exportRoutes } from "@nightjar/api/routes";
import type { FastifyReply, FastifyRequest } from "fastify";
import { NightjarError } from "../../../base/error.ts";
import type { ExportedFile, StoredExport } from "../../../catalog/exports.ts";
import { MANIFEST_NAME } from "../../../evidence/verify-export.js";
import { zipLayout } from "../../../evidence/zip-layout.js";
import { zipName } from "../../../export/export-wire.ts";
import { httpDate, planTransfer } from "../../byte-range.ts";
import { isMissingFile } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { exportOf } from "./export-of.ts";

const READ_BYTES = 262_144;

export function downloadExportRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, exportRoutes.download, async ({ principal, params, query, request, reply }) => {
    const stored = await exportOf(deps, principal, params.id);
    const { file = zipName(stored.id) } = query;
    const offer = offerOf(stored, file);
    if (offer === null)
      throw new NightjarError("not_found", `Export ${stored.id} has no file ${file}; it is ${stored.status}.`);
    const answer = await send({ request, reply, stored, offer, folder: join(deps.exports.folder, stored.id) });
    if (answer.startByte === 0 && request.method === "GET" && answer.sent) {
      await deps.access.audit.write({
        ...{ tenantId: principal.tenantId, actor: principal.username, action: "export.download" },
        object: `export ${stored.id}`,
        after: { file },
        address: request.ip,
      });
    }
    return answer.reply;
  });
}

/** Something to download: bytes that are made, and whole files, one behind the other. */
interface Offer {
  readonly name: string;
  readonly type: string;
  /** Names the content: the same for as long as it is the same. */
  readonly tag: string;
  readonly sizeBytes: number;
  readonly pieces: readonly Piece[];
}

type Piece =
  | { readonly atBytes: number; readonly bytes: Uint8Array }
  | { readonly atBytes: number; readonly file: string; readonly sizeBytes: number };

/** null: there is no such file, or not yet. */
function offerOf(stored: StoredExport, name: string): Offer | null {
  if (stored.status !== "ready" || stored.result === null) return null;
  const { contents } = stored.result;
  if (name === zipName(stored.id)) {
    const tag = contents.find((file) => file.name === MANIFEST_NAME)?.sha256 ?? stored.id;
    return { name, type: "application/zip", tag, ...zipLayout(contents, stored.createdAtMs) };
  }
  const file = contents.find((one) => one.name === name);
  return file === undefined ? null : fileOffer(file);
}

function fileOffer({ name, sizeBytes, sha256 }: ExportedFile): Offer {
  const extension = name.slice(name.lastIndexOf("."));
  const type = { ".mp4": "video/mp4", ".json": "application/json" }[extension] ?? "application/octet-stream";
  return { name, type, tag: sha256, sizeBytes, pieces: [{ atBytes: 0, file: name, sizeBytes }] };
}

interface Sending {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly stored: StoredExport;
  readonly offer: Offer;
  readonly folder: string;
}

interface Sent {
  readonly reply: FastifyReply;
  readonly startByte: number;
  /** The content itself is on its way. */
  readonly sent: boolean;
}

async function send({ request, reply, stored, offer, folder }: Sending): Promise<Sent> {
  const { sizeBytes } = offer;
  const modifiedMs = stored.finishedAtMs ?? stored.createdAtMs;
  const representation = { sizeBytes, etag: `"${offer.tag}"`, modifiedMs };
  const transfer = planTransfer(request.method, request.headers, representation);
  if (transfer.status === 416) {
    reply.header("content-range", `bytes */${sizeBytes}`);
    throw new NightjarError("range_not_satisfiable", `The file has ${sizeBytes} bytes.`, {
      details: { size_bytes: sizeBytes },
    });
  }
  await checkFiles(offer, folder);
  reply.code(transfer.status).headers({
    "accept-ranges": "bytes",
    "content-disposition": `attachment; filename="${offer.name}"`,
    etag: representation.etag,
    "last-modified": httpDate(modifiedMs),
    "cache-control": "private, no-cache",
  });
  const [start, end] = transfer.status === 206 ? [transfer.startByte, transfer.endByte] : [0, sizeBytes - 1];
  if (transfer.status === 206) reply.header("content-range", `bytes ${start}-${end}/${sizeBytes}`);
  if (transfer.status !== 304) reply.type(offer.type).header("content-length", end - start + 1);
  if (transfer.status === 304 || request.method === "HEAD")
    return { reply: reply.send(), startByte: start, sent: false };
  const bytes = Readable.from(bytesOf(offer, folder, start, end + 1), { objectMode: false, highWaterMark: READ_BYTES });
  return { reply: reply.send(bytes), startByte: start, sent: true };
}

/** Before anything is sent: what is missing is an answer, not a torn download. */
async function checkFiles(offer: Offer, folder: string): Promise<void> {
  for (const piece of offer.pieces) {
    if ("bytes" in piece) continue;
    try {
      const handle = await openPlain(join(folder, piece.file));
      const { size } = await handle.stat();
      await handle.close();
      if (size === piece.sizeBytes) continue;
    } catch (error) {
      if (!isMissingFile(error)) throw error;
    }
    throw new NightjarError("not_found", `The file ${piece.file} is no longer as it was made; make the export again.`);
  }
}

async function* bytesOf({ pieces }: Offer, folder: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    const sizeBytes = "bytes" in piece ? piece.bytes.length : piece.sizeBytes;
    const start = Math.max(0, from - piece.atBytes);
    const end = Math.min(sizeBytes, to - piece.atBytes);
    if (end <= start) continue;
    if ("bytes" in piece) yield piece.bytes.subarray(start, end);
    else {
      const handle = await openPlain(join(folder, piece.file));
      // Closes the file at its end, also when nobody reads on.
      yield* handle.createReadStream({ start, end: end - 1, highWaterMark: READ_BYTES });
    }
  }
}

/** Refuses links. The name was checked against the export's own list. */
function openPlain(path: string) {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
}
