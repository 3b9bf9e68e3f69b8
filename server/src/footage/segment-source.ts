import { constants } from "node:fs";
import { copyFile, type FileHandle, link, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { systemErrorCode } from "../base/error.ts";
import { lstat } from "../base/file-stats.ts";

/** An open segment: what reading needs of a file's handle, wherever the bytes lie. */
export interface SegmentHandle {
  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  /** Up to `lengthBytes` bytes at `atBytes` into `buffer`; 0 at the end. */
  read(
    buffer: Buffer,
    offsetBytes: number,
    lengthBytes: number,
    atBytes: number,
  ): Promise<{ readonly bytesRead: number }>;
  /** `end` is the last byte. The handle is closed behind it. */
  createReadStream(span: { readonly start: number; readonly end: number; readonly highWaterMark?: number }): Readable;
  close(): Promise<void>;
}

/** A segment that lies where its file's path alone does not say: on the disk, or on a share meanwhile. */
export interface PlacedSegment {
  /** Tells it from all others, wherever it lies: the path that it has on the disk. */
  readonly path: string;
  /** Rejects with the system's `ENOENT` where there is no such segment, and with `unavailable` where it is away now. */
  open(): Promise<SegmentHandle>;
  /** Size of the file, without opening it. Rejects as `open`. */
  sizeBytes(): Promise<number>;
  /** Makes a copy or a link of the whole file at `path`, where nothing is yet. Rejects as `open`. */
  bringTo(path: string): Promise<void>;
}

/** The path of a segment's file, or whatever else can be read like one. */
export type SegmentSource = string | PlacedSegment;

/** Tells a source from all others. */
export function sourceKey(source: SegmentSource): string {
  return typeof source === "string" ? source : source.path;
}

/** Opens a segment to read; whoever opens it closes it. */
export function openSegment(source: SegmentSource): Promise<SegmentHandle | FileHandle> {
  return typeof source === "string" ? open(source, "r") : source.open();
}

/** A segment on the disk: a plain file, never a link. */
export function diskSegment(path: string): PlacedSegment {
  return {
    path,
    open: () => open(path, constants.O_RDONLY | constants.O_NOFOLLOW),
    sizeBytes: async () => (await lstat(path)).size,
    bringTo: (to) => link(path, to).catch((error: unknown) => copyInstead(path, to, error)),
  };
}

/** Of another file system there are no links. */
async function copyInstead(path: string, to: string, error: unknown): Promise<void> {
  if (systemErrorCode(error) !== "EXDEV" && systemErrorCode(error) !== "EPERM") throw error;
  await copyFile(path, to, constants.COPYFILE_EXCL);
}
