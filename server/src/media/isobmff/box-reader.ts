import { MalformedMedia } from "../malformed-media.ts";
import { readBoxHeader } from "./box.ts";

/** One whole top-level box as it came: the parts are views of the chunks that were pushed, nothing is copied. */
export interface WholeBox {
  readonly type: string;
  readonly sizeBytes: number;
  readonly parts: readonly Buffer[];
}

const MAX_HEADER_BYTES = 16;

/**
 * Cuts a byte stream into top-level boxes. A recorder's pipe is read through this once; boxes larger than `maxBoxBytes` throw
 * MalformedMedia, so that a stream that is not MP4 cannot fill the memory.
 */
export class BoxReader {
  readonly #maxBoxBytes: number;
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #current: { type: string; sizeBytes: number } | null = null;

  constructor(maxBoxBytes: number) {
    this.#maxBoxBytes = maxBoxBytes;
  }

  /** Takes the next chunk and answers the boxes that are whole with it. */
  push(chunk: Buffer): WholeBox[] {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    const whole: WholeBox[] = [];
    for (;;) {
      this.#current ??= this.#readHeader();
      if (this.#current === null || this.#bufferedBytes < this.#current.sizeBytes) return whole;
      whole.push({ ...this.#current, parts: this.#take(this.#current.sizeBytes) });
      this.#current = null;
    }
  }

  #readHeader(): { type: string; sizeBytes: number } | null {
    const header = readBoxHeader(this.#peekHeader(), 0);
    if (header === null) return null;
    if (header.sizeBytes > this.#maxBoxBytes) {
      throw new MalformedMedia(`a box of ${header.sizeBytes} bytes, larger than ${this.#maxBoxBytes}`);
    }
    return { type: header.type, sizeBytes: header.sizeBytes };
  }

  /** The first bytes in one buffer; copied only where they straddle chunks. */
  #peekHeader(): Buffer {
    const [first = Buffer.alloc(0)] = this.#chunks;
    if (first.length >= MAX_HEADER_BYTES || this.#chunks.length < 2) return first;
    return Buffer.concat(this.#chunks.slice(0, MAX_HEADER_BYTES)).subarray(0, MAX_HEADER_BYTES);
  }

  #take(count: number): Buffer[] {
    const parts: Buffer[] = [];
    let missing = count;
    let used = 0;
    while (missing > 0) {
      const chunk = this.#chunks[used];
      if (chunk === undefined) break;
      if (chunk.length > missing) {
        parts.push(chunk.subarray(0, missing));
        this.#chunks[used] = chunk.subarray(missing);
        missing = 0;
      } else {
        parts.push(chunk);
        missing -= chunk.length;
        used += 1;
      }
    }
    this.#chunks.splice(0, used);
    this.#bufferedBytes -= count;
    return parts;
  }
}

/** The parts as one buffer; copies only where there are several. */
export function joinParts(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
