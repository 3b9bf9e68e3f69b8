import { NightjarError } from "../base/error.ts";

/** One transcode of 1080p takes a third to half of a core. */
const AT_ONCE = 2;

/** How many videos the whole server transcodes at once, for playback and live together. */
export class TranscodeSlots {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number = AT_ONCE) {
    this.#limit = limit;
  }

  /** Takes a slot and answers how to give it back (doing so twice is harmless). Throws `transcoding_busy` when all are taken. */
  take(): () => void {
    if (this.#taken >= this.#limit) {
      throw new NightjarError(
        "transcoding_busy",
        `This video must be converted to H.264 for this browser, and the server already converts ${this.#limit}, which is all it does at once. Close another one, or use a browser that plays H.265.`,
      );
    }
    this.#taken += 1;
    let given = false;
    return () => {
      if (!given) this.#taken -= 1;
      given = true;
    };
  }
}
