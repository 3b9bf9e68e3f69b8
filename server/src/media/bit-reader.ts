import { MalformedMedia } from "./malformed-media.ts";

/**
 * Reads the payload of a NAL unit bit by bit. Throws MalformedMedia at its end, so that whatever loops over what it says ends there at the
 * latest.
 */
export class BitReader {
  readonly #bytes: Buffer;
  /** Position in bits. */
  #at = 0;

  /** `payload` is without emulation prevention bytes: see `payloadOf`. */
  constructor(payload: Buffer) {
    this.#bytes = payload;
  }

  /** `u(count)`, up to 32 bits. */
  bits(count: number): number {
    if (this.#at + count > this.#bytes.length * 8) throw new MalformedMedia("a parameter set ends too early");
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** `ue(v)` (ISO/IEC 14496-10, clause 9.1); throws MalformedMedia above `max`. */
  unsigned(max: number): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > 32) throw new MalformedMedia("a number of a parameter set is longer than 32 bits");
    }
    const value = 2 ** zeros - 1 + this.bits(zeros);
    if (value > max) throw new MalformedMedia(`a parameter set says ${value} where ${max} is the most`);
    return value;
  }

  /** `se(v)` (clause 9.1.1). */
  signed(): number {
    const code = this.unsigned(0xffffffff);
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** What a NAL unit carries behind its header, emulation prevention bytes taken out (ISO/IEC 14496-10, clause 7.3.1). */
export function payloadOf(nal: Buffer, headerBytes: number): Buffer {
  const payload = Buffer.allocUnsafe(Math.max(0, nal.length - headerBytes));
  let length = 0;
  let zeros = 0;
  for (let at = headerBytes; at < nal.length; at += 1) {
    const byte = nal[at] ?? 0;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    payload[length] = byte;
    length += 1;
  }
  return payload.subarray(0, length);
}
