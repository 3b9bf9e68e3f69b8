const NO_MEMORY = Buffer.alloc(0);
const FIRST_BYTES = 4096;
/** From here on a tenth of a number may be rounded up to the next whole one. */
const LARGE = 2 ** 50;

/**
 * Writes ASCII text into one growing buffer. For tens of thousands of short lines with numbers this takes two thirds of the time that strings
 * take, and what comes out needs no encoding.
 */
export class AsciiWriter {
  #bytes: Buffer;
  readonly #start: number;
  #length: number;

  /** Writes into `memory` as far as that reaches, and into memory of its own then; keeps room for `headBytes` ahead of it all. */
  constructor(memory: Buffer = NO_MEMORY, headBytes = 0) {
    this.#bytes = memory;
    this.#start = headBytes;
    this.#length = headBytes;
    this.#reserve(0);
  }

  text(text: string): void {
    this.#reserve(text.length);
    this.#length += this.#bytes.write(text, this.#length, "latin1");
  }

  /** Text that was encoded before, since it comes again and again. */
  encoded(text: Uint8Array): void {
    this.#reserve(text.length);
    this.#bytes.set(text, this.#length);
    this.#length += text.length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** A whole number from 0 to 2^53 - 1, in decimal digits. */
  number(value: number): void {
    if (value >= LARGE) this.text(String(value));
    else this.#digits(value);
  }

  #digits(value: number): void {
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits += 1;
    this.#reserve(digits);
    const bytes = this.#bytes;
    const start = this.#length;
    let rest = value;
    for (let at = start + digits - 1; at >= start; at -= 1) {
      const tens = Math.floor(rest / 10);
      bytes[at] = 0x30 + rest - tens * 10;
      rest = tens;
    }
    this.#length = start + digits;
  }

  /** What has been written. */
  bytes(): Buffer {
    return this.#bytes.subarray(this.#start, this.#length);
  }

  /** What has been written, behind a text for which there is room. Throws RangeError where there is not. */
  bytesBehind(head: string): Buffer {
    const at = this.#start - head.length;
    if (at < 0) throw new RangeError(`There is room for ${this.#start} bytes, not for ${head.length}.`);
    this.#bytes.write(head, at, "latin1");
    return this.#bytes.subarray(at, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    // Not out of the pool that small buffers share: whoever is given the text may use its memory again.
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#length + count, FIRST_BYTES));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
