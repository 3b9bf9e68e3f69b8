export type End = "stop" | "restart";

export interface EndRequest {
  readonly end: End;
  readonly signal: NodeJS.Signals;
}

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * What signals ask the server for, from the first `next` on also while it restarts: a stop that is asked for then follows as soon as it has
 * started anew, and finds every worker. After a stop was answered signals do again what the system does: a second one ends the process at once.
 */
export class EndRequests {
  #waiting: EndRequest | null = null;
  #tell: (() => void) | null = null;
  #listens = false;
  readonly #take = (signal: NodeJS.Signals): void => {
    if (signal === "SIGHUP" && this.#waiting !== null) return;
    this.#waiting = { end: signal === "SIGHUP" ? "restart" : "stop", signal };
    this.#tell?.();
  };

  /** The request that came first; a stop before any restart. */
  async next(): Promise<EndRequest> {
    if (!this.#listens) for (const name of SIGNALS) process.on(name, this.#take);
    this.#listens = true;
    while (this.#waiting === null) {
      await new Promise<void>((resolve) => {
        this.#tell = resolve;
      });
    }
    const request = this.#waiting;
    this.#waiting = null;
    if (request.end === "stop") for (const name of SIGNALS) process.off(name, this.#take);
    return request;
  }
}
