/**
 * Does one camera's file calls one after the other, in the order they were asked for, so that the stream never waits for the disk. Keeps
 * count of the bytes that wait.
 */
export class DiskQueue {
  #tail: Promise<void> = Promise.resolve();
  #waitingBytes = 0;

  /** Bytes handed over and not yet written. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Queues a job that holds `bytes` in memory until it is done. The job must not throw: what can fail it handles itself. */
  add(job: () => Promise<void>, bytes = 0): void {
    this.#waitingBytes += bytes;
    this.#tail = this.#tail.then(job).finally(() => {
      this.#waitingBytes -= bytes;
    });
  }

  /** Resolves when all that has been asked for so far is done. */
  idle(): Promise<void> {
    return this.#tail;
  }
}
