import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../base/replace-file.ts";
import { finalIdentity } from "./final-identity.ts";
import type { MovedSegment } from "./moved-segment.ts";
import { CHAIN_START, type ChainedSegment, type ChainLink, chainLink, type SegmentChain } from "./segment-chain.ts";
import { readHead, withSegment } from "./segment-scan.ts";

/**
 * A camera's chain as its worker carries it on, one segment at a time. The newest value lies in a file beside the worker's settings. That
 * file may lag behind by what a crash left, or be lost: each closed segment says what it follows, so the end is found again.
 */
export class ChainKeeper implements SegmentChain {
  readonly #path: string;
  #value: string;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(path: string, value: string) {
    this.#path = path;
    this.#value = value;
  }

  /**
   * `names`: the newest segments in `folder`, `moves`: those that were moved from there last; the chain ends in one of them, where the file at
   * `path` does not say it.
   */
  static async open(
    path: string,
    folder: string,
    { names, moves }: { readonly names: readonly string[]; readonly moves: readonly MovedSegment[] },
  ): Promise<ChainKeeper> {
    const links = [...moves.map(({ identity }) => identity.end.chain), ...(await linksOf(folder, names))];
    const kept = (await readFile(path, "utf8").catch(() => "")).trim();
    return new ChainKeeper(path, endOfChain(/^[0-9a-f]{64}$/.test(kept) ? kept : null, links));
  }

  /** Hex. */
  get value(): string {
    return this.#value;
  }

  append<R>(segment: ChainedSegment, close: (link: ChainLink) => Promise<R>): Promise<R> {
    const appended = this.#tail.then(async () => {
      const link = chainLink(this.#value, segment);
      const closed = await close(link);
      this.#value = link.value;
      // Where this fails, the segment itself tells it to the next worker.
      await replaceFile(this.#path, `${link.value}\n`).catch(() => {});
      return closed;
    });
    this.#tail = appended.catch(() => {});
    return appended;
  }
}

/** From `from` on as far as the links lead; without it, from the link that no other one follows. */
function endOfChain(from: string | null, links: readonly ChainLink[]): string {
  const next = new Map(links.map((link) => [link.previous, link.value]));
  let end = from ?? links.map((link) => link.value).findLast((value) => !next.has(value)) ?? CHAIN_START;
  for (let step = 0; step < links.length; step += 1) end = next.get(end) ?? end;
  return end;
}

async function linksOf(folder: string, names: readonly string[]): Promise<ChainLink[]> {
  const links: ChainLink[] = [];
  for (const name of names) {
    const identity = await withSegment(join(folder, name), async (handle) => {
      const { payloadEndBytes } = await readHead(handle);
      return payloadEndBytes === null ? null : finalIdentity(handle, payloadEndBytes);
    }).catch(() => null);
    if (identity !== null) links.push(identity.end.chain);
  }
  return links;
}
