import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { DiskQueue } from "./disk-queue.ts";
import { canWriteAgain } from "./storage-check.ts";
import { type StorageFailure, storageFailure } from "./storage-failure.ts";

/** After a failed write the disk is looked at this often; recording goes on at the first key frame after it is well again. */
const RETRY_AFTER_MS = 1000;
/** Footage waits in memory for a slow disk for at most this long. */
const MAX_WAITING_MS = 30_000;
/** A disk that needs longer than this for a write is told of. */
const SLOW_MS = 4000;

export interface StorageGateOptions {
  readonly queue: DiskQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** What the camera's folder is and how much may wait for it, as it is set now. */
  readonly limits: () => { readonly segmentFolder: string; readonly maxWaitingBytes: number };
  /** Rejects with why footage must not be written there now. */
  readonly mayWrite: () => Promise<void>;
}

/** Knows whether the disk takes footage now: not where it has failed, until it is found well again; not where it is too slow. */
export class StorageGate {
  readonly #options: StorageGateOptions;
  #failure: StorageFailure | null = null;
  #blocked = false;
  #overflowed = false;
  #closed = false;

  constructor(options: StorageGateOptions) {
    this.#options = options;
  }

  /** Why footage cannot be written now; null when it can. */
  get failure(): StorageFailure | null {
    return this.#failure;
  }

  /** The disk keeps footage waiting so long that a person should know. */
  get slow(): boolean {
    return !this.#hasCaughtUp() || this.#options.queue.waitingMs > SLOW_MS;
  }

  /** A segment may be begun. */
  get open(): boolean {
    return this.#hasCaughtUp() && !this.#blocked;
  }

  #hasCaughtUp(): boolean {
    if (!this.#overflowed) return true;
    const { queue, limits, log } = this.#options;
    if (queue.waitingBytes > limits().maxWaitingBytes / 2 || queue.waitingMs > SLOW_MS) return false;
    log.info("the disk has caught up");
    this.#overflowed = false;
    return true;
  }

  /** More waits for the disk than may: nothing can be taken until it has caught up. Says so once. */
  overflows(): boolean {
    const { queue, limits, log } = this.#options;
    const { waitingBytes, waitingMs } = queue;
    if (waitingBytes <= limits().maxWaitingBytes && waitingMs <= MAX_WAITING_MS) return false;
    this.#overflowed = true;
    log.error("the disk cannot keep up: footage is dropped until it has caught up", { waitingBytes, waitingMs });
    return true;
  }

  /** A write has failed. */
  failed(error: unknown): StorageFailure {
    const failure = this.#tell(storageFailure(this.#options.limits().segmentFolder, error));
    this.#blocked = true;
    this.#lookAgainLater(failure);
    return failure;
  }

  #tell(failure: StorageFailure): StorageFailure {
    if (this.#failure?.message === failure.message) return this.#failure;
    this.#options.log.error(failure.message);
    this.#failure = failure;
    return failure;
  }

  /** A write has succeeded; true when that is news. */
  succeeded(): boolean {
    // What was under way when it failed says nothing of what comes next.
    if (this.#failure === null || this.#blocked) return false;
    this.#options.log.info("footage is written again");
    this.#failure = null;
    return true;
  }

  close(): void {
    this.#closed = true;
  }

  #lookAgainLater(failure: StorageFailure): void {
    this.#options.clock.after(RETRY_AFTER_MS, async () => {
      if (this.#closed || this.#failure !== failure) return;
      const { limits, mayWrite } = this.#options;
      const refusal = await mayWrite().then(
        () => null,
        (error: unknown) => storageFailure(limits().segmentFolder, error),
      );
      if (refusal !== null) this.#lookAgainLater(this.#tell(refusal));
      else if (await canWriteAgain(limits().segmentFolder, failure.cause)) this.#blocked = false;
      else this.#lookAgainLater(failure);
    });
  }
}
