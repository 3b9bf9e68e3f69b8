/** Bytes that lie in several buffers, read in place: nothing is allocated but by `copy`. */
export class ScatteredBytes {
  #parts: readonly Buffer[] = [];
  /** The part that was read last, and where it begins: reads mostly go forward. */
  #index = 0;
  #startsAt = 0;

  /** What is read from here on. */
  use(parts: readonly Buffer[]): void {
    this.#parts = parts;
    this.#index = 0;
    this.#startsAt = 0;
  }

  /** 0 behind the end. */
  byte(at: number): number {
    const part = this.#partAt(at);
    return part?.[at - this.#startsAt] ?? 0;
  }

  /** Unsigned, big-endian, of up to four bytes. */
  uint(at: number, count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) value = value * 256 + this.byte(at + index);
    return value;
  }

  /** Whether the `count` bytes at `at` are `bytes`. */
  equals(at: number, count: number, bytes: Buffer): boolean {
    if (count !== bytes.length) return false;
    let done = 0;
    while (done < count) {
      const part = this.#partAt(at + done);
      if (part === undefined) return false;
      const from = at + done - this.#startsAt;
      const length = Math.min(count - done, part.length - from);
      if (part.compare(bytes, done, done + length, from, from + length) !== 0) return false;
      done += length;
    }
    return true;
  }

  /** The bytes `[at, at + count)`, fewer where they end before. */
  copy(at: number, count: number): Buffer {
    const copy = Buffer.alloc(count);
    let done = 0;
    while (done < count) {
      const part = this.#partAt(at + done);
      if (part === undefined) return copy.subarray(0, done);
      const from = at + done - this.#startsAt;
      done += part.copy(copy, done, from, from + count - done);
    }
    return copy;
  }

  #partAt(at: number): Buffer | undefined {
    if (at < this.#startsAt) {
      this.#index = 0;
      this.#startsAt = 0;
    }
    for (;;) {
      const part = this.#parts[this.#index];
      if (part === undefined || at < this.#startsAt + part.length) return part;
      this.#startsAt += part.length;
      this.#index += 1;
    }
  }
}
