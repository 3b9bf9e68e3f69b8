import { frameTimesOf, videoTrackOf } from "./frame-times.ts";

/** Entries of the playlist that are remembered; an entry is some seconds, and only times are kept of it. */
const KEPT = 300;

/** Browsers count in microseconds. */
const POSITION_ROUNDING_SECONDS = 0.000_005;

/** A loaded entry of the playlist, as the player has placed it. */
export interface LoadedEntry {
  /** The player position of its first frame; it may be moved while other entries are loaded. */
  readonly startSeconds: () => number;
  readonly init: Uint8Array;
  readonly fragments: Uint8Array;
}

/** Where the player stands. */
export interface PlayerPlace {
  /** The time of the frame on the screen, as far as the browser has told it. */
  readonly shownSeconds: number | null;
  /** The player position: anywhere in that frame. */
  readonly mediaSeconds: number;
}

interface Entry {
  readonly startSeconds: () => number;
  /** From the entry's first frame on. */
  readonly times: readonly number[];
}

/** Knows when every frame of what was loaded is shown. */
export class FrameIndex {
  readonly #entries = new Map<number, Entry>();

  /** `number`: the entry's place in the playlist. */
  add(number: number, { startSeconds, init, fragments }: LoadedEntry): void {
    const track = videoTrackOf(init);
    if (track === null) return;
    const times = frameTimesOf(fragments, track);
    if (times.length === 0) return;
    this.#entries.delete(number);
    this.#entries.set(number, { startSeconds, times });
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > KEPT && oldest !== undefined) this.#entries.delete(oldest);
  }

  /**
   * Where to seek to so that the frame `steps` frames away from the one that is shown comes: its middle. `frameSeconds` is about how long a
   * frame lasts, for where the frames are not known.
   */
  stepFrom({ shownSeconds, mediaSeconds }: PlayerPlace, steps: number, frameSeconds: number): number {
    const blind =
      shownSeconds === null ? mediaSeconds + steps * frameSeconds : shownSeconds + (steps + 0.5) * frameSeconds;
    // The browser rounds: a frame's own time must not be taken for the one before it. A position is compared by the browser as exactly as here.
    const tolerance = shownSeconds === null ? POSITION_ROUNDING_SECONDS : Math.min(0.002, frameSeconds / 4);
    const found = this.#find((shownSeconds ?? mediaSeconds) + tolerance, frameSeconds);
    if (found === null) return blind;
    let { number, place } = found;
    let left = steps;
    for (;;) {
      const entry = this.#entries.get(number);
      if (entry === undefined) return blind;
      const wanted = place + left;
      if (wanted >= 0 && wanted < entry.times.length) return this.#middle(number, wanted, frameSeconds);
      const neighbour = this.#entries.get(number + Math.sign(left));
      if (neighbour === undefined) return this.#beyond(entry, wanted, frameSeconds);
      if (wanted < 0) {
        left = wanted + 1;
        number -= 1;
        place = neighbour.times.length - 1;
      } else {
        left = wanted - entry.times.length;
        number += 1;
        place = 0;
      }
    }
  }

  /** The entry that has a player position, and the frame that is shown there. */
  #find(mediaSeconds: number, frameSeconds: number): { number: number; place: number } | null {
    for (const [number, entry] of this.#entries) {
      const at = mediaSeconds - entry.startSeconds();
      if (at < 0) continue;
      // The last frame lasts until the next entry begins, as far as there is one.
      const next = this.#entries.get(number + 1);
      const endSeconds = (entry.times.at(-1) ?? 0) + frameSeconds * 1.5;
      if (next === undefined ? at >= endSeconds : mediaSeconds >= next.startSeconds()) continue;
      return { number, place: lastAtOrBefore(entry.times, at) };
    }
    return null;
  }

  #middle(number: number, place: number, frameSeconds: number): number {
    const entry = this.#entries.get(number);
    const time = entry?.times[place] ?? 0;
    const next = entry?.times[place + 1];
    const lasts = entry === undefined ? frameSeconds : lastFrameSeconds(entry, frameSeconds);
    return (entry?.startSeconds() ?? 0) + time + (next === undefined ? lasts : next - time) / 2;
  }

  /** Into an entry that was not loaded: just before this one's first frame, or as far behind its last one as a frame is long. */
  #beyond(entry: Entry, wanted: number, frameSeconds: number): number {
    if (wanted < 0) return entry.startSeconds() + (wanted + 0.5) * frameSeconds;
    const last = entry.times.length - 1;
    const lasts = lastFrameSeconds(entry, frameSeconds);
    return entry.startSeconds() + (entry.times[last] ?? 0) + (wanted - last + 0.5) * lasts;
  }
}

/** The last frame lasts about as long as others, as far as anybody knows: no longer than the one before it. */
function lastFrameSeconds({ times }: Entry, frameSeconds: number): number {
  const [before, last] = times.slice(-2);
  return before === undefined || last === undefined ? frameSeconds : Math.min(frameSeconds, last - before);
}

function lastAtOrBefore(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
