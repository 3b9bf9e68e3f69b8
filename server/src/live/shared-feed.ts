import type { NightjarError } from "../base/error.ts";
import type { LivePause } from "../ipc/live-frames.ts";
import type { LiveBeginning, LiveFragment, LiveListener } from "./live-listener.ts";

/** A GOP that is larger is not kept: who comes waits for the next one. */
const MAX_GOP_BYTES = 32 * 1024 * 1024;

/** Gives one stream to all who watch it, and to those who come the GOP in progress, so that they see a picture at once. */
export class SharedFeed implements LiveListener {
  readonly #listeners = new Set<LiveListener>();
  #beginning: LiveBeginning | null = null;
  #pause: LivePause = { connection: "connecting", cause: null };
  #gop: LiveFragment[] = [];
  #gopBytes = 0;

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Tells `listener` what is known, and all that comes. */
  add(listener: LiveListener): void {
    this.#listeners.add(listener);
    if (this.#beginning === null) {
      if (this.#pause.connection !== "connecting") listener.paused(this.#pause);
      return;
    }
    const { head } = this.#beginning;
    listener.began({ ...this.#beginning, head: { ...head, continues: false } });
    for (const fragment of this.#gop) listener.fragment(fragment);
  }

  remove(listener: LiveListener): void {
    this.#listeners.delete(listener);
  }

  began(beginning: LiveBeginning): void {
    this.#beginning = beginning;
    this.#clearGop();
    for (const listener of this.#listeners) listener.began(beginning);
  }

  fragment(fragment: LiveFragment): void {
    if (fragment.sync) this.#clearGop();
    if (fragment.sync || this.#gop.length > 0) this.#keep(fragment);
    for (const listener of this.#listeners) listener.fragment(fragment);
  }

  paused(pause: LivePause): void {
    this.#pause = pause;
    this.#beginning = null;
    this.#clearGop();
    for (const listener of this.#listeners) listener.paused(pause);
  }

  failed(error: NightjarError): void {
    this.#beginning = null;
    this.#clearGop();
    for (const listener of [...this.#listeners]) listener.failed(error);
    this.#listeners.clear();
  }

  #keep(fragment: LiveFragment): void {
    this.#gop.push(fragment);
    this.#gopBytes += fragment.bytes.length;
    if (this.#gopBytes > MAX_GOP_BYTES) this.#clearGop();
  }

  #clearGop(): void {
    this.#gop = [];
    this.#gopBytes = 0;
  }
}
