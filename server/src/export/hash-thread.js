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

/** @type {{ wishes: readonly HashWish[], blockBytes: number | null }} */
const { wishes, blockBytes } = workerData;
for (const wish of wishes) parentPort?.postMessage({ done: await hashOf(wish) });

/** @param {HashWish} wish */
async function hashOf({ path, fromBytes, toBytes }) {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const endBytes = Math.min(toBytes ?? size, size);
    const hash = createHash("sha256");
    const buffer = Buffer.alloc(READ_BYTES);
    /** @type {number[]} */
    const blocks = [];
    let whole = 0;
    for (let at = fromBytes; at < endBytes; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, endBytes - at), at);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      if (blockBytes !== null) {
        whole = crc32(bytes, whole);
        addTo(blocks, blockBytes, at - fromBytes, bytes);
      }
      at += bytesRead;
      parentPort?.postMessage({ bytes: bytesRead });
    }
    return { sizeBytes: size, sha256: hash.digest("hex"), crc32: whole, blocks };
  } finally {
    await handle.close();
  }
}

/** Takes bytes at a place into the CRC-32 of their blocks. @param {number[]} blocks @param {number} blockBytes @param {number} place @param {Buffer} bytes */
function addTo(blocks, blockBytes, place, bytes) {
  for (let at = 0; at < bytes.length; ) {
    const block = Math.floor((place + at) / blockBytes);
    const count = Math.min(bytes.length - at, (block + 1) * blockBytes - place - at);
    blocks[block] = crc32(bytes.subarray(at, at + count), blocks[block] ?? 0);
    at += count;
  }
}
