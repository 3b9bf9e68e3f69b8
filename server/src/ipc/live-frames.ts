import type { CameraStatus, GapCause } from "@nightjar/api/camera";
import { MalformedMedia } from "../media/malformed-media.ts";

/** `recorded`: whichever of the two is recorded, and so is always pulled. */
export type LiveStream = "main" | "sub" | "recorded";

/** The one line, JSON, that whoever watches sends first. */
export interface LiveRequest {
  readonly stream: LiveStream;
}

/** What stands ahead of an init segment. */
export interface LiveHead {
  readonly stream: "main" | "sub";
  /** RFC 6381 names, comma-separated, as Media Source Extensions want them. */
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  /** The media times go on from those before; false: they begin anew. */
  readonly continues: boolean;
}

/** There is no picture now. */
export interface LivePause {
  readonly connection: Extract<CameraStatus["connection"], "connecting" | "offline">;
  readonly cause: GapCause | null;
}

/** What a worker sends to whoever watches: each time a head, its init, and fragments, the first one a sync fragment. */
export type LiveFrame =
  | { readonly kind: "head"; readonly head: LiveHead }
  | { readonly kind: "pause"; readonly pause: LivePause }
  | { readonly kind: "init"; readonly bytes: Buffer }
  | { readonly kind: "fragment"; readonly bytes: Buffer; readonly sync: boolean };

const KINDS = { head: 1, pause: 2, init: 3, fragment: 4, syncFragment: 5 } as const;
/** One byte of kind, four of size. */
const HEADER_BYTES = 5;
/** Larger than any fragment that the reader of the camera lets through. */
const MAX_FRAME_BYTES = 65 * 1024 * 1024;

/** Where a worker offers its pictures, by where it takes messages. */
export function liveSocketPath(socketPath: string): string {
  return socketPath.replace(/\.sock$/, ".live");
}

/** What goes ahead of `sizeBytes` bytes of media. */
export function mediaFrameHeader(kind: "init" | "fragment" | "syncFragment", sizeBytes: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(KINDS[kind], 0);
  header.writeUInt32BE(sizeBytes, 1);
  return header;
}

export function headFrame(head: LiveHead): Buffer {
  return textFrame(KINDS.head, head);
}

export function pauseFrame(pause: LivePause): Buffer {
  return textFrame(KINDS.pause, pause);
}

function textFrame(kind: number, value: LiveHead | LivePause): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(kind, 0);
  header.writeUInt32BE(text.length, 1);
  return Buffer.concat([header, text]);
}

/** Reads frames from chunks of any size; each one's bytes are a buffer of their own. Throws MalformedMedia for what is none of ours. */
export class LiveFrameReader {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #body: Buffer | null = null;
  #bodyBytes = 0;

  push(chunk: Buffer): LiveFrame[] {
    const frames: LiveFrame[] = [];
    let at = 0;
    while (at < chunk.length || this.#bodyIsWhole()) {
      if (this.#body === null) {
        at += this.#takeHeader(chunk, at);
        continue;
      }
      const count = chunk.copy(this.#body, this.#bodyBytes, at);
      at += count;
      this.#bodyBytes += count;
      if (this.#bodyIsWhole()) frames.push(this.#finish(this.#body));
    }
    return frames;
  }

  #bodyIsWhole(): boolean {
    return this.#body !== null && this.#bodyBytes === this.#body.length;
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const count = chunk.copy(this.#header, this.#headerBytes, at);
    this.#headerBytes += count;
    if (this.#headerBytes < HEADER_BYTES) return count;
    const sizeBytes = this.#header.readUInt32BE(1);
    if (sizeBytes > MAX_FRAME_BYTES) throw new MalformedMedia(`a live frame of ${sizeBytes} bytes`);
    this.#body = Buffer.allocUnsafeSlow(sizeBytes);
    this.#bodyBytes = 0;
    return count;
  }

  #finish(bytes: Buffer): LiveFrame {
    const kind = this.#header.readUInt8(0);
    this.#headerBytes = 0;
    this.#body = null;
    switch (kind) {
      case KINDS.head:
        return { kind: "head", head: JSON.parse(bytes.toString()) as LiveHead };
      case KINDS.pause:
        return { kind: "pause", pause: JSON.parse(bytes.toString()) as LivePause };
      case KINDS.init:
        return { kind: "init", bytes };
      case KINDS.fragment:
      case KINDS.syncFragment:
        return { kind: "fragment", bytes, sync: kind === KINDS.syncFragment };
      default:
        throw new MalformedMedia(`a live frame of kind ${kind}`);
    }
  }
}
