import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { LiveRequest } from "../ipc/live-frames.ts";
import type { LiveListener } from "./live-feed.ts";
import { LiveViewer } from "./live-viewer.ts";

const MAX_REQUEST_BYTES = 1000;

export interface LiveSocketOptions {
  readonly path: string;
  /** Answers how to stop listening. */
  readonly listen: (request: LiveRequest, listener: LiveListener) => () => void;
}

/** Offers the camera's pictures to the server on a Unix socket of their own, one stream for each connection. */
export class LiveSocket {
  readonly #options: LiveSocketOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: LiveSocketOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens. A socket file that a killed worker left behind is replaced. */
  static async start(options: LiveSocketOptions): Promise<LiveSocket> {
    await rm(options.path, { force: true });
    const live = new LiveSocket(options);
    await new Promise<void>((resolve, reject) => {
      live.#server.once("error", reject);
      live.#server.listen(options.path, resolve);
    });
    return live;
  }

  /** Every viewer is disconnected, and told the stream anew when it comes back. */
  disconnectAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.disconnectAll();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    let stop = (): void => {};
    let asked = "";
    const take = (chunk: Buffer): void => {
      asked += chunk.toString("latin1");
      const end = asked.indexOf("\n");
      if (end === -1 && asked.length < MAX_REQUEST_BYTES) return;
      socket.off("data", take).resume();
      const request = parse(asked.slice(0, end));
      if (request === null) socket.destroy();
      else stop = this.#options.listen(request, new LiveViewer(socket));
    };
    socket.on("data", take);
    // The end is told by `close`, which follows every error.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      stop();
    });
  }
}

/** null for what is not JSON: the folder of the sockets is 0700, so whoever sends is of this user and version. */
function parse(line: string): LiveRequest | null {
  try {
    return JSON.parse(line) as LiveRequest;
  } catch {
    return null;
  }
}
