import { join } from "node:path";
import type { AlteredSources } from "./camera-footage.ts";
import { hashFiles } from "./hash-files.ts";
import type { SourceSegment } from "./source-segment.ts";

/** Reads the footage of segments and compares it with what their recorder has said of it. */
export class SourceCheck {
  readonly #signal: AbortSignal;
  readonly #begun = new Set<SourceSegment>();
  readonly #altered = new Set<SourceSegment>();
  #checks: Promise<void> = Promise.resolve();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Checks those that are not checked yet, behind all others; `folder`: where they lie. Returns at once. */
  begin(sources: readonly SourceSegment[], folder: string): void {
    const chained = sources.filter((source) => source.chain !== null && !this.#begun.has(source));
    for (const source of chained) this.#begun.add(source);
    this.#checks = this.#checks.then(() => this.#check(chained, folder));
    // Told by `altered`.
    this.#checks.catch(() => {});
  }

  async #check(sources: readonly SourceSegment[], folder: string): Promise<void> {
    const wishes = sources.map(({ file, payload }) => ({ path: join(folder, file), ...payload }));
    const hashes = await hashFiles(wishes, { signal: this.#signal });
    for (const [i, source] of sources.entries())
      if (hashes[i]?.sha256 !== source.payloadSha256) this.#altered.add(source);
  }

  /** The segments whose footage is no longer what was recorded, once all are checked. Rejects with the system's error, and the signal's reason. */
  async altered(): Promise<AlteredSources> {
    await this.#checks;
    return this.#altered;
  }
}
