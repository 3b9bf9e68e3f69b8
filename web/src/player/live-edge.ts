/** A live picture is about so old. */
const LIVE_AGE_MS = 500;

/** Where footage ends and live begins: which cameras send pictures now, and the time of these. */
export class LiveEdge {
  readonly #connected = new Set<number>();
  /** The server's clock, once a live picture runs; null before. */
  #clock: (() => number) | null = null;
  /** Live was tried, and did not come, since somewhere was gone to or a camera came back. */
  #failed = false;

  /** Wall time of the live pictures; null while there is none. */
  get wallMs(): number | null {
    return this.#clock === null ? null : this.#clock() - LIVE_AGE_MS;
  }

  get failed(): boolean {
    return this.#failed;
  }

  isConnected(cameraId: number): boolean {
    return this.#connected.has(cameraId);
  }

  noticeConnection(cameraId: number, connected: boolean): void {
    if (!connected) this.#connected.delete(cameraId);
    else if (!this.#connected.has(cameraId)) {
      this.#connected.add(cameraId);
      this.#failed = false;
    }
  }

  /** A live picture runs, and tells the server's time. */
  noticeClock(clock: () => number): void {
    this.#clock = clock;
  }

  noticeFailed(): void {
    this.#failed = true;
  }

  /** Another is begun. */
  begin(): void {
    this.#clock = null;
  }

  /** A person has gone somewhere: live may be tried again. */
  leave(): void {
    this.#failed = false;
  }
}
