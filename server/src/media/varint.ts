import { MalformedMedia } from "./malformed-media.ts";

/** Writes unsigned LEB128 numbers up to 2^53, and short texts. */
export class VarintWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  write(value: number): void {
    if (this.#bytes.length - this.#length < 8)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.allocUnsafe(this.#bytes.length)]);
    let rest = value;
    while (rest >= 0x80) {
      this.#length = this.#bytes.writeUInt8((rest % 0x80) | 0x80, this.#length);
      rest = Math.floor(rest / 0x80);
    }
    this.#length = this.#bytes.writeUInt8(rest, this.#length);
  }

  /** The number below 0 too; small ones of either sign stay short. */
  writeSigned(value: number): void {
    this.write(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** Characters up to U+00FF. */
  writeText(text: string): void {
    this.write(text.length);
    for (const byte of Buffer.from(text, "latin1")) this.write(byte);
  }

  /** What has been written. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Reads what the writer wrote. Throws MalformedMedia where it ends too soon. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  read(): number {
    const bytes = this.#bytes;
    let value = 0;
    // Whole numbers of the machine as far as they reach: a playlist of a day reads a hundred thousand, and what is made of them stays whole.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.#at++];
      if (byte === undefined) throw new MalformedMedia("numbers that end too soon");
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    for (let factor = 2 ** 28; factor <= 2 ** 49; factor *= 0x80) {
      const byte = bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new MalformedMedia("numbers that end too soon");
  }

  readSigned(): number {
    const value = this.read();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  readText(): string {
    return Buffer.from(Array.from({ length: this.readCount() }, () => this.read())).toString("latin1");
  }

  /** A number of things that follow, each of at least one byte: a damaged one cannot make the reader allocate more than there is. */
  readCount(): number {
    const count = this.read();
    if (count > this.#bytes.length - this.#at) throw new MalformedMedia("numbers that end too soon");
    return count;
  }
}
