import { createHash } from "node:crypto";
import { uuidBytes } from "../base/uuid-bytes.ts";

/** What the chain says of one segment. */
export interface ChainedSegment {
  readonly cameraUuid: string;
  readonly runId: string;
  /** Place in the run, from 0. */
  readonly number: number;
  /** Wall time of the first sample. */
  readonly startMs: number;
  /** Hex. */
  readonly payloadSha256: string;
}

/** A segment's place in its camera's chain, both hex SHA-256. */
export interface ChainLink {
  readonly previous: string;
  readonly value: string;
}

/** What the first segment of a camera follows. */
export const CHAIN_START = "0".repeat(64);

/**
 * Lets segments be closed one after the other, each tied to the one before. Nobody can take one out, change one or put one in between
 * without all later ones showing it.
 */
export interface SegmentChain {
  /** Runs `close` with the segment's link; the chain goes on from it once that has succeeded. Rejects as `close` does. */
  append<R>(segment: ChainedSegment, close: (link: ChainLink) => Promise<R>): Promise<R>;
}

/**
 * `SHA-256(previous chain ‖ camera uuid ‖ run ‖ number ‖ start ‖ payload_sha256)`: hashes and uuids as their bytes, the number as 32 bits,
 * the start as 64 bits of milliseconds since 1970, big-endian.
 */
export function chainLink(previous: string, segment: ChainedSegment): ChainLink {
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32BE(segment.number, 0);
  numbers.writeBigUInt64BE(BigInt(segment.startMs), 4);
  const hash = createHash("sha256")
    .update(Buffer.from(previous, "hex"))
    .update(uuidBytes(segment.cameraUuid))
    .update(uuidBytes(segment.runId))
    .update(numbers)
    .update(Buffer.from(segment.payloadSha256, "hex"));
  return { previous, value: hash.digest("hex") };
}
