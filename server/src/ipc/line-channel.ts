import type { Socket } from "node:net";

/** A message may not be longer; whoever sends more is not one of ours. */
const MAX_LINE_CHARS = 1024 * 1024;
/** Whoever reads nothing for so long is not waited for. */
const FINISH_WITHIN_MS = 2000;

export interface ChannelListener<In> {
  message(message: In): void;
  closed(): void;
}

/** Messages as JSON, one a line, over a connected Unix socket. */
export class LineChannel<In, Out> {
  readonly #socket: Socket;

  constructor(socket: Socket, listener: ChannelListener<In>) {
    this.#socket = socket;
    let rest = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE_CHARS) return socket.destroy();
      for (const line of lines) {
        const message = parse<In>(line);
        if (message === null) return socket.destroy();
        listener.message(message);
      }
      return undefined;
    });
    // The end is told by `close`, which follows every error.
    socket.on("error", () => {});
    socket.on("close", () => listener.closed());
  }

  /** Bytes that wait because the other side does not read. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  send(message: Out): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Closes after the other side has read everything that was sent; resolves when the connection has ended. */
  finish(): Promise<void> {
    if (this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.once("close", () => resolve());
      // Only our half: an answer that met a closed socket would end the connection there, together with what was not read yet.
      this.#socket.end();
      this.#socket.setTimeout(FINISH_WITHIN_MS, () => this.#socket.destroy());
    });
  }
}

/** null for what is not JSON. The two sides are of one version and user (the folder is 0700): shapes are not checked again. */
function parse<In>(line: string): In | null {
  try {
    return JSON.parse(line) as In;
  } catch {
    return null;
  }
}
