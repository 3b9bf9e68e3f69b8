import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";

/** A fragment with the init it is decoded with, and where it lies in the run, milliseconds of media time. */
export interface BufferedFragment {
  readonly fragment: Fragment;
  readonly init: StreamInit;
  readonly startMs: number;
}

interface Gop<F> {
  readonly fragments: F[];
  sizeBytes: number;
}

/**
 * The newest footage in memory: whole GOPs only, so that it always begins with a sync sample. Holds at least `depthMs` before the newest
 * fragment, less where `maxBytes` does not allow it. A single GOP that is larger than that is let go: nothing is held until the next.
 */
export class GopBuffer<F extends BufferedFragment = BufferedFragment> {
  #gops: Gop<F>[] = [];
  #sizeBytes = 0;
  #depthMs: number;
  #maxBytes: number;

  constructor(depthMs: number, maxBytes: number) {
    this.#depthMs = depthMs;
    this.#maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Where the oldest footage begins; null while there is none. */
  get oldestMs(): number | null {
    return this.#gops[0]?.fragments[0]?.startMs ?? null;
  }

  /** The GOP in progress, from its sync sample on; empty while there is none. */
  get newestGop(): readonly BufferedFragment[] {
    return this.#gops.at(-1)?.fragments ?? [];
  }

  resize(depthMs: number, maxBytes: number): void {
    this.#depthMs = depthMs;
    this.#maxBytes = maxBytes;
  }

  /** Takes the next fragment; those ahead of the first sync sample are of no use and are dropped. */
  push(buffered: F): void {
    const { fragment, startMs } = buffered;
    if (fragment.sync) this.#gops.push({ fragments: [], sizeBytes: 0 });
    const gop = this.#gops.at(-1);
    if (gop === undefined) return;
    gop.fragments.push(buffered);
    gop.sizeBytes += fragment.sizeBytes;
    this.#sizeBytes += fragment.sizeBytes;
    this.#trim(startMs);
    if (this.#sizeBytes > this.#maxBytes) this.clear();
  }

  /** Takes out all footage from the last GOP that begins at or before `fromMs` on (the oldest, where none does), oldest first. */
  takeFrom(fromMs: number): F[] {
    const firstAfter = this.#gops.findIndex((gop) => (gop.fragments[0]?.startMs ?? 0) > fromMs);
    const from = firstAfter === -1 ? this.#gops.length - 1 : Math.max(0, firstAfter - 1);
    const taken = this.#gops.slice(Math.max(0, from)).flatMap((gop) => gop.fragments);
    this.clear();
    return taken;
  }

  clear(): void {
    this.#gops = [];
    this.#sizeBytes = 0;
  }

  #trim(newestMs: number): void {
    while (this.#gops.length > 1) {
      const second = this.#gops[1]?.fragments[0];
      const deepEnough = second !== undefined && newestMs - second.startMs >= this.#depthMs;
      if (!deepEnough && this.#sizeBytes <= this.#maxBytes) return;
      const dropped = this.#gops.shift();
      this.#sizeBytes -= dropped?.sizeBytes ?? 0;
    }
  }
}
