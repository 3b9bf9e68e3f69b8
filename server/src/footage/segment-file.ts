import { writev as writevBack } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { systemErrorCode } from "../base/error.ts";
import type { SegmentClosing } from "./segment-contents.ts";

const OPEN_EXCLUSIVELY = "wx+";
/** Twice a second for each camera: that of `fs/promises` takes twice as long. */
const writev = promisify(writevBack);

/**
 * The file of one open segment. Every call resolves when the operating system has done it; none overlaps another (the owner queues them).
 * Errors are the system's own (`ENOSPC`, `EROFS` …).
 */
export class SegmentFile {
  readonly #handle: FileHandle;
  #path: string;
  #endBytes: number;

  private constructor(handle: FileHandle, path: string, endBytes: number) {
    this.#handle = handle;
    this.#path = path;
    this.#endBytes = endBytes;
  }

  /** Creates the file, writes its head, and syncs file and folder. Rejects with `EEXIST` rather than touch a file that is there. */
  static async create(path: string, head: Buffer): Promise<SegmentFile> {
    const handle = await open(path, OPEN_EXCLUSIVELY);
    const file = new SegmentFile(handle, path, 0);
    try {
      await file.append([head]);
      await handle.sync();
      await syncFolder(dirname(path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return file;
  }

  /** Takes over an existing file that ends with its last whole fragment at `endBytes`; what lies behind is cut off. */
  static async adopt(path: string, endBytes: number): Promise<SegmentFile> {
    const handle = await open(path, "r+");
    await handle.truncate(endBytes);
    return new SegmentFile(handle, path, endBytes);
  }

  get path(): string {
    return this.#path;
  }

  /** Writes `parts` behind what is there. */
  async append(parts: readonly Buffer[]): Promise<void> {
    let rest = parts;
    while (rest.length > 0) {
      const { bytesWritten } = await writev(this.#handle.fd, rest, this.#endBytes);
      this.#endBytes += bytesWritten;
      rest = behind(rest, bytesWritten);
    }
  }

  /**
   * The data is on the disk, whatever happens to the power. Rejects with `ENOENT` when the file is not where it was any more: an open file
   * can be written to after its folder was removed or unmounted, and nobody would ever see what is.
   */
  async syncData(): Promise<void> {
    await this.#handle.datasync();
    const [own, there] = await Promise.all([this.#handle.stat(), stat(this.#path)]);
    if (own.ino !== there.ino || own.dev !== there.dev)
      throw Object.assign(new Error(`ENOENT: ${this.#path} is another file now`), { code: "ENOENT" });
  }

  /** Replaces bytes inside the head while the file is still provisional. */
  async rewrite(bytes: Buffer, atBytes: number): Promise<void> {
    await this.#handle.write(bytes, 0, bytes.length, atBytes);
  }

  /** Gives the file its lasting name; false when that name is taken. Only one process ever writes in the folder. */
  async rename(name: string): Promise<boolean> {
    const target = join(dirname(this.#path), name);
    if (await exists(target)) return false;
    await rename(this.#path, target);
    this.#path = target;
    await syncFolder(dirname(target));
    return true;
  }

  /**
   * Closes the file as an ordinary MP4:
   * 1. append the final `moov` and the index, 2. sync them, 3. overwrite the 16 bytes, 4. set the modification time to the end of the
   * footage, 5. sync the file, 6. sync the folder. A crash before 3 leaves a valid fragmented file, after 3 a closed one.
   */
  async finish(closing: SegmentClosing, endMs: number): Promise<{ sizeBytes: number }> {
    await this.append([closing.tail]);
    await this.#handle.datasync();
    await this.#handle.write(closing.span.header, 0, closing.span.header.length, closing.span.atBytes);
    await this.#handle.utimes(endMs / 1000, endMs / 1000);
    await this.#handle.sync();
    await this.#handle.close();
    await syncFolder(dirname(this.#path));
    return { sizeBytes: this.#endBytes };
  }

  /** Lets go of a file that cannot be written any more, as it is. */
  async abandon(): Promise<void> {
    await this.#handle.close();
  }
}

function behind(parts: readonly Buffer[], bytes: number): Buffer[] {
  let skip = bytes;
  const rest: Buffer[] = [];
  for (const part of parts) {
    if (skip >= part.length) {
      skip -= part.length;
      continue;
    }
    rest.push(skip > 0 ? part.subarray(skip) : part);
    skip = 0;
  }
  return rest;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Makes names created in or gone from a folder last over a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
