import { Readable } from "node:stream";
import { readAt } from "./segment-scan.ts";
import { openSegment, type SegmentSource } from "./segment-source.ts";

/** Bytes as they are, or those of a range of the file. */
export type Piece = Buffer | { readonly offsetBytes: number; readonly sizeBytes: number };

export interface SizedStream {
  readonly sizeBytes: number;
  readonly bytes: Readable;
}

/** Pieces of a file and others, one behind the other; the file is opened when somebody reads. */
export function streamOf(source: SegmentSource, pieces: readonly Piece[]): SizedStream {
  const sizeBytes = pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.sizeBytes), 0);
  return { sizeBytes, bytes: Readable.from(bytesOf(source, pieces), { objectMode: false }) };
}

async function* bytesOf(source: SegmentSource, pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  const handle = await openSegment(source);
  try {
    for (const piece of pieces) {
      yield Buffer.isBuffer(piece) ? piece : await readAt(handle, piece.offsetBytes, piece.sizeBytes);
    }
  } finally {
    await handle.close();
  }
}
