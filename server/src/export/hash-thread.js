import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { crc32 } from "node:zlib";

// A thread of its own that reads files and computes their hashes, so that the server goes on answering: see hash-files.ts. It is plain
// JavaScript because it is found by its path, from the modules and from the bundle alike.

/** @typedef {import("./hash-files.ts").HashWish} HashWish */

const READ_BYTES = 1024 * 1024;
const NICENESS = 15;

// There a number of 0 is the calling thread.
if (process.platform === "linux") setPriority(0, NICENESS);

/** @type {{ wishes: readonly HashWish[], kind: "sha256" | "crc32", blockBytes: number }} */
const { wishes, kind, blockBytes } = workerData;
for (const wish of wishes)
  parentPort?.postMessage({ done: kind === "sha256" ? await sha256Of(wish) : await crcsOf(wish) });

/** @param {HashWish} wish */
async function sha256Of(wish) {
  const hash = createHash("sha256");
  const sizeBytes = await readThrough(wish, (bytes) => hash.update(bytes));
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** @param {HashWish} wish */
async function crcsOf(wish) {
  /** @type {number[]} */
  const blocks = [];
  let whole = 0;
  await readThrough(wish, (bytes, place) => {
    whole = crc32(bytes, whole);
    addTo(blocks, place, bytes);
  });
  return { crc32: whole, blocks };
}

/**
 * The next piece is read while one is worked on. Answers the size of the file.
 * @param {HashWish} wish @param {(bytes: Buffer, place: number) => void} take
 */
async function readThrough({ path, fromBytes, toBytes }, take) {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const endBytes = Math.min(toBytes ?? size, size);
    /** @param {Buffer} buffer @param {number} at */
    const read = (buffer, at) => handle.read(buffer, 0, Math.max(0, Math.min(READ_BYTES, endBytes - at)), at);
    let [buffer, other] = [Buffer.alloc(READ_BYTES), Buffer.alloc(READ_BYTES)];
    let reading = read(buffer, fromBytes);
    for (let at = fromBytes; ; ) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return size;
      reading = read(other, at + bytesRead);
      take(buffer.subarray(0, bytesRead), at - fromBytes);
      parentPort?.postMessage({ bytes: bytesRead });
      at += bytesRead;
      [buffer, other] = [other, buffer];
    }
  } finally {
    await handle.close();
  }
}

/** Takes bytes at a place into the CRC-32 of their blocks. @param {number[]} blocks @param {number} place @param {Buffer} bytes */
function addTo(blocks, place, bytes) {
  for (let at = 0; at < bytes.length; ) {
    const block = Math.floor((place + at) / blockBytes);
    const count = Math.min(bytes.length - at, (block + 1) * blockBytes - place - at);
    blocks[block] = crc32(bytes.subarray(at, at + count), blocks[block] ?? 0);
    at += count;
  }
}
