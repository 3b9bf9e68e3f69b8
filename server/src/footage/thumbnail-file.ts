import { appendFile, mkdir, readdir, readFile, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import { CAMERA_FILE } from "./camera-description.ts";

// The thumbnails of a segment lie in one file: for each a header of 12 bytes (a mark, its media time since the segment's start in ticks of the
// video, its size), then the JPEG. Thumbnails are only ever added, so a crash leaves at most a torn one at the end, which is passed over.

const MARK = 0x6e6a7468;
const HEADER_BYTES = 12;
const SUFFIX = ".thumbs";

/** Of a segment's thumbnails in its camera's folder of them. */
export function thumbnailFile(folder: string, segmentName: string): string {
  return join(folder, `${segmentName.replace(/\.mp4$/, "")}${SUFFIX}`);
}

export interface Thumbnail {
  readonly offsetTicks: number;
  readonly jpeg: Buffer;
}

/** Adds thumbnails to a file, which is made where it is not there yet. Rejects with the system's error. */
export async function addThumbnails(path: string, thumbnails: readonly Thumbnail[]): Promise<void> {
  const bytes = thumbnails.flatMap(({ offsetTicks, jpeg }) => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(MARK, 0);
    header.writeUInt32BE(offsetTicks, 4);
    header.writeUInt32BE(jpeg.length, 8);
    return [header, jpeg];
  });
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, Buffer.concat(bytes));
}

/** The whole thumbnails of a file by their `offsetTicks`; none where there is no such file. Rejects with other errors of the system. */
export async function readThumbnails(path: string): Promise<ReadonlyMap<number, Buffer>> {
  const found = new Map<number, Buffer>();
  // At once: a call for each costs more than reading the others too.
  const bytes = (await ifThere(() => readFile(path))) ?? Buffer.alloc(0);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length && bytes.readUInt32BE(at) === MARK) {
    const end = at + HEADER_BYTES + bytes.readUInt32BE(at + 8);
    if (end > bytes.length) break;
    found.set(bytes.readUInt32BE(at + 4), bytes.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return found;
}

/** Deletes a segment's thumbnails: with it, never without. Rejects with the system's error, but not where there are none. */
async function removeThumbnails(folder: string, segmentName: string): Promise<void> {
  await ifThere(() => unlink(thumbnailFile(folder, segmentName)));
}

/**
 * Deletes thumbnails of segments that are gone: what a crash between the two left. Where the folder of the segments does not say that it is
 * the camera's, as when its disk is not mounted, nothing is. Rejects with the system's error.
 */
export async function removeStrayThumbnails(folder: string, segmentFolder: string): Promise<void> {
  const segments = new Set(await namesIn(segmentFolder));
  if (!segments.has(CAMERA_FILE)) return;
  for (const name of await namesIn(folder)) {
    if (!name.endsWith(SUFFIX)) continue;
    const segmentName = `${name.slice(0, -SUFFIX.length)}.mp4`;
    if (!segments.has(segmentName)) await removeThumbnails(folder, segmentName);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await ifThere(() => readdir(folder))) ?? [];
}

async function ifThere<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    return undefined;
  }
}
