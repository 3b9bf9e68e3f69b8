/** The wall time of the picture that is shown, told to whoever draws it on every frame, past React's rendering. */
export class WallTime {
  readonly #listeners = new Set<(ms: number | null) => void>();
  #ms: number | null = null;

  get ms(): number | null {
    return this.#ms;
  }

  set(ms: number | null): void {
    if (ms === this.#ms) return;
    this.#ms = ms;
    for (const listener of this.#listeners) listener(ms);
  }

  /** Calls `listener` at once and on every change. Returns the way to stop. */
  listen(listener: (ms: number | null) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#ms);
    return () => this.#listeners.delete(listener);
  }
}
