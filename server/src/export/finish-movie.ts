import { createHash } from "node:crypto";
import { type FileHandle, open, rename } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { BLOCK_BYTES } from "../evidence/verify-export.js";
import { readAt } from "../footage/segment-scan.ts";
import { readBoxHeader } from "../media/isobmff/box.ts";
import { editOffsets } from "../media/isobmff/init-segment.ts";
import { type SampleTimes, sampleTimes, type TimedSample } from "../media/isobmff/sample-times.ts";
import { type ShownMedia, shownMoov } from "../media/isobmff/shown-movie.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { crcFiles, hashFiles } from "./hash-files.ts";

const MAX_MOOV_BYTES = 1024 * 1024 * 1024;
const HEADER_BYTES = 8;

export interface WrittenFile {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly crc32: number;
  /** CRC-32 of each `BLOCK_BYTES`. */
  readonly blocks: readonly number[];
}

export interface MovieFinish {
  /** As ffmpeg has written it, with room behind its `moov`. */
  readonly from: string;
  /** On the same disk. */
  readonly to: string;
  /** The video samples that are shown first and last, from 0; null: all of the file, as its own edit lists say. */
  readonly shown: { readonly first: number; readonly last: number } | null;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
}

export interface FinishedMovie extends WrittenFile {
  /** Video samples in the file. */
  readonly frames: number;
  /** How long it plays. */
  readonly seconds: number;
}

/**
 * Gives an MP4 edit lists that show exactly the asked pictures, where it lies: they go into the room that was kept for its `moov`. Then it
 * is synced, brought to its place and read for its hashes. Throws MalformedMedia, the system's error, and the signal's reason.
 */
export async function finishMovie({ from, to, shown: asked, signal, onBytes }: MovieFinish): Promise<FinishedMovie> {
  const file = await open(from, "r+");
  let frames: number;
  let seconds: number;
  try {
    const { moov, atBytes, roomBytes } = await moovIn(file);
    const video = sampleTimes(moov).find(({ track }) => track.kind === "video");
    if (video === undefined) throw new MalformedMedia("no video was written");
    const shown = asked === null ? new Map<number, ShownMedia>() : shownMedia(moov, video, asked);
    await file.write(withRoom(shownMoov(moov, shown), moov.length, roomBytes), 0, null, atBytes);
    frames = video.count;
    seconds = shown.get(video.track.id)?.seconds ?? video.durationTicks / video.track.timescale;
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(from, to);
  const whole = [{ path: to, fromBytes: 0, toBytes: null }];
  const [[hash], [crcs]] = await Promise.all([hashFiles(whole, { signal, onBytes }), crcFiles(whole, { signal })]);
  if (hash === undefined || crcs === undefined) throw new MalformedMedia("the file is gone");
  return { ...hash, ...crcs, frames, seconds };
}

/** The `moov` and a `free` box over the rest of its room; nothing is left of the one before, which had `wasBytes`. */
function withRoom(moov: Buffer, wasBytes: number, roomBytes: number): Buffer {
  const freeBytes = roomBytes - moov.length;
  if (freeBytes === 0) return moov;
  if (freeBytes < HEADER_BYTES) throw new MalformedMedia("there is no room for the edit lists");
  const written = Buffer.alloc(Math.max(moov.length, wasBytes) + HEADER_BYTES);
  moov.copy(written);
  written.writeUInt32BE(freeBytes, moov.length);
  written.write("free", moov.length + 4, "latin1");
  return written;
}

/** Writes a new file through `fill`, hashing what passes; synced when this resolves. */
export async function writeHashed(
  path: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<WrittenFile> {
  const handle = await open(path, "wx", 0o640);
  try {
    const sha256 = createHash("sha256");
    const crcs = new BlockCrcs();
    let crc = 0;
    let sizeBytes = 0;
    await fill(async (bytes) => {
      const writing = writeAll(handle, bytes);
      sha256.update(bytes);
      crc = crc32(bytes, crc);
      crcs.update(bytes);
      sizeBytes += bytes.length;
      await writing;
    });
    await handle.sync();
    return { sizeBytes, sha256: sha256.digest("hex"), crc32: crc, blocks: crcs.blocks };
  } finally {
    await handle.close();
  }
}

/** CRC-32 of each block of what passes, in whatever pieces it comes. */
class BlockCrcs {
  readonly blocks: number[] = [];
  #filled = BLOCK_BYTES;

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#filled === BLOCK_BYTES) {
        this.blocks.push(0);
        this.#filled = 0;
      }
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.#filled);
      this.blocks[this.blocks.length - 1] = crc32(part, this.blocks.at(-1));
      this.#filled += part.length;
      at += part.length;
    }
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten;
}

interface RoomyMoov {
  readonly moov: Buffer;
  readonly atBytes: number;
  /** From its beginning to that of what follows, a `free` box between them counted. */
  readonly roomBytes: number;
}

/** ffmpeg keeps room for the `moov` ahead of the media when it is told how much. */
async function moovIn(file: FileHandle): Promise<RoomyMoov> {
  const { size } = await file.stat();
  let atBytes = 0;
  let moovBytes = 0;
  for (let at = 0; at < size; ) {
    const header = readBoxHeader(await readAt(file, at, Math.min(16, size - at)), 0);
    if (header === null || at + header.sizeBytes > size) throw new MalformedMedia("the file is cut off");
    if (header.type === "moov") [atBytes, moovBytes] = [at, header.sizeBytes];
    else if (moovBytes > 0) {
      if (moovBytes > MAX_MOOV_BYTES) throw new MalformedMedia("its tables are too large");
      const roomBytes = moovBytes + (header.type === "free" ? header.sizeBytes : 0);
      return { moov: await readAt(file, atBytes, moovBytes), atBytes, roomBytes };
    }
    at += header.sizeBytes;
  }
  throw new MalformedMedia("no moov ahead of the media");
}

/** Of every track what plays between the asked pictures. */
function shownMedia(
  moov: Buffer,
  video: SampleTimes,
  { first, last }: { readonly first: number; readonly last: number },
): Map<number, ShownMedia> {
  const { timescale, editOffsetTicks } = video.track;
  let from: TimedSample | undefined;
  let to: TimedSample | undefined;
  for (const sample of video.samples()) {
    if (sample.index === first) from = sample;
    if (sample.index === last) to = sample;
  }
  if (from === undefined || to === undefined) throw new MalformedMedia(`only ${video.count} pictures were written`);
  const fromSeconds = (from.shownTicks + editOffsetTicks) / timescale;
  const toSeconds = (to.shownTicks + to.durationTicks + editOffsetTicks) / timescale;
  return new Map(
    [...editOffsets(moov)].map(([id, track]) => {
      const beginSeconds = track.offsetTicks / track.timescale;
      const endSeconds = beginSeconds + track.durationTicks / track.timescale;
      const waitSeconds = Math.max(0, beginSeconds - fromSeconds);
      const fromTicks = Math.max(0, Math.round(fromSeconds * track.timescale - track.offsetTicks));
      const end = id === video.track.id ? toSeconds : Math.min(toSeconds, endSeconds);
      return [id, { waitSeconds, fromTicks, seconds: end - fromSeconds - waitSeconds }];
    }),
  );
}
