import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { LiveBeginning, LiveMessage } from "@nightjar/api/live";
import type { Nightjar } from "./nightjar.ts";

const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A viewer of live pictures without a browser: a WebSocket (RFC 6455) whose bytes are read as fast, or as slowly, as a test likes. */
export class LiveViewer {
  readonly texts: LiveMessage[] = [];
  /** When each fragment came, wall time. */
  readonly arrivedMs: number[] = [];
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #media: Buffer[] = [];
  #slow: NodeJS.Timeout | null = null;

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    socket.on("error", () => {});
    this.#take(head);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
  }

  /** Opens `/api/cameras/{id}/live?…`. Throws with the server's words when it refuses. */
  static async open(nightjar: Pick<Nightjar, "baseUrl" | "token">, cameraId: number, query = ""): Promise<LiveViewer> {
    const key = randomBytes(16).toString("base64");
    const asking = request(`${nightjar.baseUrl}/api/cameras/${cameraId}/live?${query}`, {
      headers: {
        authorization: `Bearer ${nightjar.token}`,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
      },
    });
    asking.end();
    const answer = await Promise.race([
      once(asking, "upgrade") as Promise<[IncomingMessage, Socket, Buffer]>,
      once(asking, "response") as Promise<[IncomingMessage]>,
    ]);
    const [response, socket, head] = answer;
    if (socket === undefined) throw new Error(`${response.statusCode}: ${(await response.toArray()).join("")}`);
    const accepted = createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
    if (response.headers["sec-websocket-accept"] !== accepted) throw new Error("That is no WebSocket.");
    return new LiveViewer(socket, head ?? Buffer.alloc(0));
  }

  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  get fragments(): number {
    return this.arrivedMs.length;
  }

  get beginnings(): LiveBeginning[] {
    return this.texts.filter((text): text is LiveBeginning => "codecs" in text);
  }

  /** Init and fragments as they came, one file as long as there was one beginning. */
  get media(): Buffer {
    return Buffer.concat(this.#media);
  }

  /** From now on it reads so much and no more; null: everything at once. */
  readAt(bytesPerSecond: number | null): void {
    if (this.#slow !== null) clearInterval(this.#slow);
    this.#slow = null;
    if (bytesPerSecond === null) {
      this.#socket.on("data", (chunk: Buffer) => this.#take(chunk));
      this.#socket.resume();
      return;
    }
    this.#socket.removeAllListeners("data");
    this.#socket.pause();
    this.#slow = setInterval(() => {
      const chunk: Buffer | null = this.#socket.read(Math.ceil(bytesPerSecond / 10));
      if (chunk !== null) this.#take(chunk);
    }, 100);
  }

  close(): void {
    if (this.#slow !== null) clearInterval(this.#slow);
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (let frame = this.#nextFrame(); frame !== null; frame = this.#nextFrame()) this.#handle(frame);
  }

  #handle({ opcode, payload }: Frame): void {
    if (opcode === TEXT) this.texts.push(JSON.parse(payload.toString()) as LiveMessage);
    if (opcode === PING) this.#pong(payload);
    if (opcode === CLOSE) this.close();
    if (opcode !== BINARY) return;
    this.#media.push(payload);
    if (payload.toString("latin1", 4, 8) === "moof") this.arrivedMs.push(Date.now());
  }

  /** null while it is not whole. What a server sends is not masked (5.1). */
  #nextFrame(): Frame | null {
    const bytes = this.#unread;
    if (bytes.length < 2) return null;
    const short = bytes.readUInt8(1) & 0x7f;
    const headerBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length < headerBytes) return null;
    const size = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
    if (bytes.length < headerBytes + size) return null;
    this.#unread = bytes.subarray(headerBytes + size);
    return { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(headerBytes, headerBytes + size) };
  }

  /** Masked with zeros, which changes nothing. */
  #pong(payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from([0x80 | PONG, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }
}
