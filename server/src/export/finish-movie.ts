import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { BLOCK_BYTES } from "../evidence/verify-export.js";
import { readAt } from "../footage/segment-scan.ts";
import { readBoxHeader } from "../media/isobmff/box.ts";
import { editOffsets } from "../media/isobmff/init-segment.ts";
import { relocatedMoov, type ShownMedia } from "../media/isobmff/relocated-movie.ts";
import { type SampleTimes, sampleTimes, type TimedSample } from "../media/isobmff/sample-times.ts";
import { MalformedMedia } from "../media/malformed-media.ts";

const COPIED_AT_ONCE_BYTES = 1024 * 1024;
const MAX_MOOV_BYTES = 1024 * 1024 * 1024;

export interface WrittenFile {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly crc32: number;
  /** CRC-32 of each `BLOCK_BYTES`. */
  readonly blocks: readonly number[];
}

export interface MovieFinish {
  readonly from: string;
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
 * Copies an MP4 as ffmpeg has written it, once: the `moov` goes to the front with edit lists that show exactly the asked pictures, and
 * hashes are computed on the way. What lies on the disk when this resolves is whole and synced. Throws MalformedMedia, the system's
 * error, and the signal's reason.
 */
export async function finishMovie(finish: MovieFinish): Promise<FinishedMovie> {
  const source = await open(finish.from, "r");
  try {
    const { ftyp, moov, mdat } = await topLevel(source);
    const video = sampleTimes(moov).find(({ track }) => track.kind === "video");
    if (video === undefined) throw new MalformedMedia("no video was written");
    const shown = finish.shown === null ? new Map<number, ShownMedia>() : shownMedia(moov, video, finish.shown);
    const sizeBytes = relocatedMoov(moov, 0, shown).length;
    const placed = relocatedMoov(moov, ftyp.length + sizeBytes - mdat.atBytes, shown);
    const written = await writeHashed(finish.to, async (write) => {
      await write(ftyp);
      await write(placed);
      for (let at = 0; at < mdat.sizeBytes; at += COPIED_AT_ONCE_BYTES) {
        finish.signal.throwIfAborted();
        const bytes = await readAt(source, mdat.atBytes + at, Math.min(COPIED_AT_ONCE_BYTES, mdat.sizeBytes - at));
        await write(bytes);
        finish.onBytes(bytes.length);
      }
    });
    const seconds = shown.get(video.track.id)?.seconds ?? video.durationTicks / video.track.timescale;
    return { ...written, frames: video.count, seconds };
  } finally {
    await source.close();
  }
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

interface TopLevel {
  readonly ftyp: Buffer;
  readonly moov: Buffer;
  readonly mdat: { readonly atBytes: number; readonly sizeBytes: number };
}

async function topLevel(file: FileHandle): Promise<TopLevel> {
  const { size } = await file.stat();
  const found = new Map<string, { atBytes: number; sizeBytes: number }>();
  for (let at = 0; at < size; ) {
    const header = readBoxHeader(await readAt(file, at, 16), 0);
    if (header === null || at + header.sizeBytes > size) throw new MalformedMedia("the file is cut off");
    if (found.has(header.type) && header.type === "mdat") throw new MalformedMedia("more than one mdat");
    found.set(header.type, { atBytes: at, sizeBytes: header.sizeBytes });
    at += header.sizeBytes;
  }
  const mdat = found.get("mdat");
  if (mdat === undefined) throw new MalformedMedia("no mdat");
  const read = async (type: string): Promise<Buffer> => {
    const box = found.get(type);
    if (box === undefined || box.sizeBytes > MAX_MOOV_BYTES) throw new MalformedMedia(`no ${type}`);
    return readAt(file, box.atBytes, box.sizeBytes);
  };
  return { ftyp: await read("ftyp"), moov: await read("moov"), mdat };
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
