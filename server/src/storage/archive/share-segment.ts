import { basename, dirname } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { ByteCache } from "../../base/byte-cache.ts";
import { systemErrorCode } from "../../base/error.ts";
import { type InspectedSegment, inspectSegment } from "../../footage/inspect-segment.ts";
import { diskSegment, type PlacedSegment, type SegmentHandle } from "../../footage/segment-source.ts";
import type { Share } from "./share.ts";
import { ShareFileMissing } from "./share-problem.ts";

/** Small reads are answered from blocks of this size, which are kept for a while: heads and ends of files are read again and again. */
const BLOCK_BYTES = 128 * 1024;
const CACHED_BYTES = 64 * 1024 * 1024;

/** What the catalog knows of a closed segment. */
export interface KnownSegment {
  readonly name: string;
  readonly sizeBytes: number;
  /** End of its footage: the modification time that its file had on the disk. */
  readonly endMs: number;
}

/** Where a camera's segment lies on the share. */
export function sharePath(cameraId: number, name: string): string {
  return `${cameraId}/${name}`;
}

/** Reads segments from a share piece by piece, as they are asked for; never more than that. */
export class ShareSegments {
  readonly #blocks = new ByteCache(CACHED_BYTES);
  readonly #coming = new Map<string, Promise<Buffer>>();

  /** A segment that is on the disk or, where it is not, on the share. */
  segment(diskPath: string, share: Share, path: string, known: KnownSegment): PlacedSegment {
    const disk = diskSegment(diskPath);
    const orElse = async <T>(there: () => Promise<T>, elsewhere: () => T | Promise<T>): Promise<T> => {
      try {
        return await there();
      } catch (error) {
        if (systemErrorCode(error) !== "ENOENT") throw error;
        return elsewhere();
      }
    };
    return {
      path: diskPath,
      open: () => orElse<SegmentHandle>(disk.open, () => this.open(share, path, known)),
      sizeBytes: () => orElse(disk.sizeBytes, () => share.sizeBytes(path)),
      bringTo: (to) =>
        orElse(
          () => disk.bringTo(to),
          () => share.fetch(path, dirname(to), basename(to)),
        ),
    };
  }

  /** Opens one that is on the share. Rejects with `ShareFileMissing` and with `ShareProblem`. */
  async open(share: Share, path: string, { sizeBytes, endMs }: Omit<KnownSegment, "name">): Promise<SegmentHandle> {
    // Whoever opens a segment reads its head next.
    if (sizeBytes > 0) await this.#bytes(share, path, { atBytes: 0, count: 1, sizeBytes });
    return {
      stat: async () => ({ size: sizeBytes, mtimeMs: endMs }),
      read: async (buffer, offsetBytes, lengthBytes, atBytes) => {
        const wanted = Math.min(lengthBytes, sizeBytes - atBytes, buffer.length - offsetBytes);
        if (wanted <= 0) return { bytesRead: 0 };
        const bytes = await this.#bytes(share, path, { atBytes, count: wanted, sizeBytes });
        return { bytesRead: bytes.copy(buffer, offsetBytes) };
      },
      createReadStream: ({ start, end }) => streamed(() => share.read(path, { fromBytes: start, toBytes: end + 1 })),
      close: async () => {},
    };
  }

  /** At least one byte, and no more than asked for. */
  async #bytes(
    share: Share,
    path: string,
    { atBytes, count, sizeBytes }: { readonly atBytes: number; readonly count: number; readonly sizeBytes: number },
  ): Promise<Buffer> {
    if (count > BLOCK_BYTES) return whole(share, path, atBytes, atBytes + count);
    const block = Math.floor(atBytes / BLOCK_BYTES);
    const fromBytes = block * BLOCK_BYTES;
    const bytes = await this.#block(`${path} ${sizeBytes} ${block}`, () =>
      whole(share, path, fromBytes, Math.min(fromBytes + BLOCK_BYTES, sizeBytes)),
    );
    return bytes.subarray(atBytes - fromBytes, atBytes - fromBytes + count);
  }

  #block(key: string, read: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.#blocks.get(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const coming =
      this.#coming.get(key) ??
      read()
        .then((bytes) => {
          this.#blocks.set(key, bytes);
          return bytes;
        })
        .finally(() => this.#coming.delete(key));
    this.#coming.set(key, coming);
    return coming;
  }
}

async function whole(share: Share, path: string, fromBytes: number, toBytes: number): Promise<Buffer> {
  const bytes = await share.readBytes(path, { fromBytes, toBytes });
  // Shorter than the catalog says: it is not the file that was put there.
  if (bytes.length < toBytes - fromBytes) throw new ShareFileMissing(path);
  return bytes;
}

/** A stream that begins when what it is made of has come. */
function streamed(begin: () => Promise<Readable>): Readable {
  const out = new PassThrough();
  begin().then(
    (source) => {
      source.once("error", (error) => out.destroy(error));
      out.once("close", () => source.destroy());
      source.pipe(out);
    },
    (error: Error) => out.destroy(error),
  );
  return out;
}

/** Looks at a file of the share, as large as it is there. Rejects with `ShareFileMissing` and with `ShareProblem`. */
export async function inspectOnShare(share: Share, path: string): Promise<InspectedSegment> {
  const file = await share.stat(path);
  if (file === null) throw new ShareFileMissing(path);
  const { sizeBytes } = file;
  return inspectSegment({
    path,
    // Nothing is kept: it is looked at once, ahead of being deleted or written over.
    open: () => new ShareSegments().open(share, path, { sizeBytes, endMs: 0 }),
    sizeBytes: async () => sizeBytes,
    bringTo: (to) => share.fetch(path, dirname(to), basename(to)),
  });
}
