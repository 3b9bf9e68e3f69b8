import { mediaToWall, type WallClockTable } from "./wall-clock-table.ts";

/** Wall time that goes on by more than this beside the player's own has gone over a gap. */
const GAP_MS = 1000;

/** The wall time of the picture, as its position in the player moves on. */
export class WallCursor {
  #wallMs: number | null = null;
  /** The player position when this was last told; null: it has jumped since. */
  #mediaSeconds: number | null = null;
  #crossed = false;

  /** null: there is no picture. */
  get wallMs(): number | null {
    return this.#wallMs;
  }

  /** Playing has come to a position; where the wall time went on farther than the player itself, there was a gap. */
  goOn(table: WallClockTable, mediaSeconds: number): void {
    const [beforeMs, beforeSeconds] = [this.#wallMs, this.#mediaSeconds];
    this.#wallMs = mediaToWall(table, mediaSeconds);
    this.#mediaSeconds = mediaSeconds;
    if (this.#wallMs === null || beforeMs === null || beforeSeconds === null) return;
    const pace = table[0]?.pace ?? 1;
    if (this.#wallMs - beforeMs - (mediaSeconds - beforeSeconds) * 1000 * pace > GAP_MS) this.#crossed = true;
  }

  /** The picture is at a position to which it has not played. */
  jump(table: WallClockTable, mediaSeconds: number): void {
    this.#wallMs = mediaToWall(table, mediaSeconds);
    this.#mediaSeconds = mediaSeconds;
  }

  /** There is no picture any more. */
  leave(): void {
    this.#wallMs = null;
  }

  /** Playing goes on behind a gap that is in no playlist. */
  cross(): void {
    this.#crossed = true;
  }

  /** Whether there was a gap since this was last asked. */
  takeCrossing(): boolean {
    const crossed = this.#crossed;
    this.#crossed = false;
    return crossed;
  }
}
