/** Keeps the bytes that were asked for last, up to a bound of their sizes. */
export class ByteCache {
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Buffer>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): Buffer | undefined {
    const bytes = this.#kept.get(key);
    if (bytes !== undefined) this.set(key, bytes);
    return bytes;
  }

  set(key: string, bytes: Buffer): void {
    this.#delete(key);
    this.#kept.set(key, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    this.#bytes -= this.#kept.get(key)?.length ?? 0;
    this.#kept.delete(key);
  }
}
