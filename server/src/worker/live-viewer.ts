import type { Socket } from "node:net";
import { headFrame, type LiveHead, type LivePause, mediaFrameHeader, pauseFrame } from "../ipc/live-frames.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import type { LiveListener } from "./live-feed.ts";

/** A server that reads so slowly has stopped working: it misses pictures until it has read half of it. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** Passes a feed on over a socket; buffers go to the system as they are, none is copied. */
export class LiveViewer implements LiveListener {
  readonly #socket: Socket;
  /** Not sent yet, because nothing is without a sync fragment behind it. */
  #next: { readonly head: LiveHead; readonly init: StreamInit } | null = null;
  #awaitsSync = true;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  began(head: LiveHead, init: StreamInit): void {
    // A beginning that was never told is not made up for by one that goes on from it.
    this.#next = { head: { ...head, continues: head.continues && (this.#next?.head.continues ?? true) }, init };
    this.#awaitsSync = true;
  }

  fragment(fragment: Fragment): void {
    if (fragment.sync) this.#awaitsSync = this.#socket.writableLength > MAX_WAITING_BYTES / 2;
    else if (this.#socket.writableLength > MAX_WAITING_BYTES) this.#awaitsSync = true;
    if (this.#awaitsSync) return;
    const socket = this.#socket;
    socket.cork();
    if (this.#next !== null) this.#sendHead(this.#next.head, this.#next.init);
    this.#next = null;
    socket.write(mediaFrameHeader(fragment.sync ? "syncFragment" : "fragment", fragment.sizeBytes));
    socket.write(fragment.moof);
    for (const part of fragment.mdat) socket.write(part);
    socket.uncork();
  }

  paused(pause: LivePause): void {
    this.#next = null;
    this.#awaitsSync = true;
    this.#socket.write(pauseFrame(pause));
  }

  #sendHead(head: LiveHead, { ftyp, moov }: StreamInit): void {
    this.#socket.write(headFrame(head));
    this.#socket.write(mediaFrameHeader("init", ftyp.length + moov.length));
    this.#socket.write(ftyp);
    this.#socket.write(moov);
  }
}
