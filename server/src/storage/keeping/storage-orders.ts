import { join } from "node:path";
import type { Volume } from "../../footage/volume.ts";

/** A belief of the clock that is told to workers moves in steps of this, so that their settings do not change all the time. */
const BELIEF_STEP_MS = 12 * 3_600_000;
/** The free space to stop at is told anew when it differs by this share. */
const TOLERATED_SHARE = 0.15;

/** What workers are told of storage beside their cameras' settings: decided by who keeps the storage, read by who writes the settings. */
export class StorageOrders {
  /** null: not known yet. */
  volume: Volume | null;
  /** The same of the thumbnails. */
  thumbnailsVolume: Volume | null = null;
  readonly #places: { readonly thumbnails: string };
  #clockBelievedMs: number | null = null;
  #stopBelowBytes = 0;
  #held: ReadonlyMap<number, string> = new Map();

  constructor(volume: Volume | null, places: { readonly thumbnails: string }) {
    this.volume = volume;
    this.#places = places;
  }

  /** Folders of what is made from a camera's segments. */
  besideFolders(cameraId: number): string[] {
    return [join(this.#places.thumbnails, String(cameraId))];
  }

  /** Up to where the clock was believed, at most some hours ago. */
  get clockBelievedMs(): number | null {
    return this.#clockBelievedMs;
  }

  /** With less free than this recording stops. */
  get stopBelowBytes(): number {
    return this.#stopBelowBytes;
  }

  /** Why a camera's recording has to stop though there is room; null: it need not. */
  held(cameraId: number): string | null {
    return this.#held.get(cameraId) ?? null;
  }

  /** Takes a decision over; true when workers must be told. */
  decide(decision: {
    readonly clockBelievedMs: number | null;
    readonly stopBelowBytes: number;
    readonly held: ReadonlyMap<number, string>;
  }): boolean {
    const { held } = decision;
    const believedMs =
      decision.clockBelievedMs === null ? null : Math.floor(decision.clockBelievedMs / BELIEF_STEP_MS) * BELIEF_STEP_MS;
    const stopBelowBytes = Math.round(decision.stopBelowBytes);
    const sameStop = Math.abs(stopBelowBytes - this.#stopBelowBytes) <= this.#stopBelowBytes * TOLERATED_SHARE;
    const sameHeld = held.size === this.#held.size && [...held].every(([id, why]) => this.#held.get(id) === why);
    if (believedMs === this.#clockBelievedMs && sameStop && sameHeld) return false;
    this.#clockBelievedMs = believedMs;
    if (!sameStop) this.#stopBelowBytes = stopBelowBytes;
    this.#held = held;
    return true;
  }
}
