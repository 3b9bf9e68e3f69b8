import type { LiveBeginning, LiveFragment } from "./live-listener.ts";

/** What may have been handed on and not been taken yet before more is kept back: what is handed on can no longer be left out. */
const HANDED_ON_BYTES = 256 * 1024;
/** What is kept back for one who falls behind. Fragments are shared by all, so this is not memory of each viewer's own. */
const KEPT_BACK_BYTES = 16 * 1024 * 1024;

/** Where a viewer's stream goes, such as a WebSocket. */
export interface QueueOutlet {
  /** Handed on, but not taken by the other side yet. */
  readonly waitingBytes: number;
  begin(beginning: LiveBeginning): void;
  send(fragment: LiveFragment): void;
}

export interface QueueLimits {
  readonly handedOnBytes: number;
  readonly keptBackBytes: number;
}

/**
 * One viewer's stream. A viewer who cannot keep up loses whole GOPs: when a new one begins while some of the last are still kept back, these
 * are left out. So every fragment that is handed on is a sync fragment or follows the one handed on before it, memory is bounded, and
 * nobody else is slowed down.
 */
export class ViewerQueue {
  readonly #outlet: QueueOutlet;
  readonly #limits: QueueLimits;
  #beginning: LiveBeginning | null = null;
  #kept: LiveFragment[] = [];
  #keptBytes = 0;
  #awaitsSync = true;

  constructor(
    outlet: QueueOutlet,
    limits: QueueLimits = { handedOnBytes: HANDED_ON_BYTES, keptBackBytes: KEPT_BACK_BYTES },
  ) {
    this.#outlet = outlet;
    this.#limits = limits;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  began(beginning: LiveBeginning): void {
    this.#leaveOutKept();
    // A beginning that was never handed on is not made up for by one that goes on from it.
    const continues = beginning.head.continues && (this.#beginning?.head.continues ?? true);
    this.#beginning = { ...beginning, head: { ...beginning.head, continues } };
  }

  fragment(fragment: LiveFragment): void {
    if (fragment.sync) this.#leaveOutKept();
    if (this.#awaitsSync && !fragment.sync) return;
    this.#awaitsSync = false;
    this.#kept.push(fragment);
    this.#keptBytes += fragment.bytes.length;
    this.flush();
    if (this.#keptBytes > this.#limits.keptBackBytes) this.#leaveOutKept();
  }

  /** Nothing of before is of interest any more. */
  clear(): void {
    this.#leaveOutKept();
    this.#beginning = null;
  }

  /** Hands on what fits; to be called when the other side has taken some. */
  flush(): void {
    while (this.#outlet.waitingBytes < this.#limits.handedOnBytes) {
      const next = this.#kept.shift();
      if (next === undefined) return;
      this.#keptBytes -= next.bytes.length;
      if (this.#beginning !== null) this.#outlet.begin(this.#beginning);
      this.#beginning = null;
      this.#outlet.send(next);
    }
  }

  #leaveOutKept(): void {
    // With nothing kept back the next fragment follows the last one that was handed on, but after a beginning only a sync fragment does.
    this.#awaitsSync = true;
    this.#kept = [];
    this.#keptBytes = 0;
  }
}
