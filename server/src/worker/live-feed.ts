import type { LiveHead, LivePause } from "../ipc/live-frames.ts";
import { codecString } from "../media/codec-string.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { GopBuffer } from "./gop-buffer.ts";

/** Who watches one stream. Nothing here may wait. */
export interface LiveListener {
  /** Fragments of this init follow, the first one a sync fragment. */
  began(head: LiveHead, init: StreamInit): void;
  fragment(fragment: Fragment): void;
  /** No picture comes for now. */
  paused(pause: LivePause): void;
}

/**
 * What one stream of the camera shows now: the GOP in progress, so that whoever comes sees a picture at once, and those who watch. While
 * nobody does, a fragment costs no more than being kept until the next GOP begins.
 */
export class LiveFeed {
  readonly #stream: "main" | "sub";
  readonly #gop: GopBuffer;
  readonly #listeners = new Set<LiveListener>();
  #init: StreamInit | null = null;
  #pause: LivePause = { connection: "connecting", cause: null };

  /** A GOP that is larger than `maxBytes` is not kept: who comes waits for the next one. */
  constructor(stream: "main" | "sub", maxBytes: number) {
    this.#stream = stream;
    this.#gop = new GopBuffer(0, maxBytes);
  }

  get stream(): "main" | "sub" {
    return this.#stream;
  }

  resize(maxBytes: number): void {
    this.#gop.resize(0, maxBytes);
  }

  /** A run begins, or goes on with another init (`StreamInit.continues`). */
  began(init: StreamInit): void {
    if (!init.continues) this.#gop.clear();
    this.#init = init;
    for (const listener of this.#listeners) listener.began(this.#head(init, init.continues), init);
  }

  take(fragment: Fragment): void {
    if (this.#init === null) return;
    this.#gop.push({ fragment, init: this.#init, startMs: 0 });
    for (const listener of this.#listeners) listener.fragment(fragment);
  }

  paused(pause: LivePause): void {
    const { connection, cause } = this.#pause;
    const known = this.#init === null && connection === pause.connection && cause === pause.cause;
    // A camera that is away is tried every second.
    if (known) return;
    this.#pause = pause;
    this.#init = null;
    this.#gop.clear();
    for (const listener of this.#listeners) listener.paused(pause);
  }

  /** Tells `listener` what is known, and all that comes. */
  add(listener: LiveListener): void {
    this.#listeners.add(listener);
    if (this.#init === null) {
      listener.paused(this.#pause);
      return;
    }
    const gop = this.#gop.newestGop;
    const init = gop[0]?.init ?? this.#init;
    listener.began(this.#head(init, false), init);
    for (const { fragment } of gop) listener.fragment(fragment);
    // The sync fragment that goes with it is still to come.
    if (init !== this.#init) listener.began(this.#head(this.#init, true), this.#init);
  }

  remove(listener: LiveListener): void {
    this.#listeners.delete(listener);
  }

  #head({ tracks, video }: StreamInit, continues: boolean): LiveHead {
    const codecs = tracks.map(codecString).join(",");
    return { stream: this.#stream, codecs, width: video.width, height: video.height, continues };
  }
}
