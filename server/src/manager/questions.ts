import type { Clock } from "../base/clock.ts";

/** Questions to a worker that wait for their answers, each told by a number. */
export class Questions<Answer> {
  readonly #clock: Clock;
  readonly #withinMs: number;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #last = 0;

  constructor(clock: Clock, withinMs: number) {
    this.#clock = clock;
    this.#withinMs = withinMs;
  }

  /** Asks with `send`; null where no answer comes in time, or ever. */
  async ask(send: (id: number) => void): Promise<Answer | null> {
    this.#last += 1;
    const id = this.#last;
    const answer = await new Promise<Answer | null>((resolve) => {
      const cancel = this.#clock.after(this.#withinMs, () => resolve(null));
      this.#waiting.set(id, (told) => {
        cancel();
        resolve(told);
      });
      send(id);
    });
    this.#waiting.delete(id);
    return answer;
  }

  /** An answer has come. */
  answered(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
  }

  /** Nobody is there any more to answer. */
  giveUp(): void {
    for (const told of this.#waiting.values()) told(null);
  }
}
