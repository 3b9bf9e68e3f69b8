/** Writes parameter sets for tests, bit by bit. */
export class BitWriter {
  #bits = "";

  bits(count: number, value: number): this {
    this.#bits += count === 0 ? "" : value.toString(2).padStart(count, "0");
    return this;
  }

  flag(value: boolean): this {
    return this.bits(1, Number(value));
  }

  /** `ue(v)`. */
  unsigned(...values: readonly number[]): this {
    for (const value of values) {
      const code = (value + 1).toString(2);
      this.#bits += code.padStart(code.length * 2 - 1, "0");
    }
    return this;
  }

  /** `se(v)`. */
  signed(value: number): this {
    return this.unsigned(value > 0 ? value * 2 - 1 : -value * 2);
  }

  /** The NAL unit: header, what was written, stop bit, with emulation prevention. */
  nal(...header: readonly number[]): Buffer {
    const bits = `${this.#bits}1`;
    const bytes = [...header];
    let zeros = 0;
    for (let at = 0; at < bits.length; at += 8) {
      const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, "0"), 2);
      if (zeros >= 2 && byte <= 3) {
        bytes.push(3);
        zeros = 0;
      }
      bytes.push(byte);
      zeros = byte === 0 ? zeros + 1 : 0;
    }
    return Buffer.from(bytes);
  }
}

/** Pseudo-random whole numbers below a limit, the same in every run (xorshift). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
