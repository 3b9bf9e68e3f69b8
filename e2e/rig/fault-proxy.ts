import { EventEmitter, once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What the line between camera and recorder does to what the camera sends; what the recorder asks always arrives, but on a dead line. */
export type Fault =
  | { readonly kind: "pass" }
  /** Connections stay, and new ones are taken, but nothing passes in either direction. What waits is delivered when it passes again. */
  | { readonly kind: "stall" }
  /** Every connection is reset (RST), also a new one. */
  | { readonly kind: "cut" }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** Each burst is late by a random time; what comes behind it waits for it. */
  | { readonly kind: "jitter"; readonly maxMs: number }
  /** About one byte in so many is another one, and now and then some that nobody sent come in between. */
  | { readonly kind: "garbage"; readonly everyBytes: number };

const INSERTED = Buffer.from("$\0\xff\xffnot from the camera", "latin1");
const HIGH_WATER_BYTES = 16 * 1024;

interface Line {
  readonly recorder: Socket;
  readonly camera: Socket;
}

/** A TCP line between a camera and the recorder that can be made faulty at any time. `FaultProxy.start()`, then `close()`. */
export class FaultProxy {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #fault: Fault = { kind: "pass" };
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of 127.0.0.1 and passes everything on to `cameraPort` there. */
  static async start(cameraPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: false });
    const proxy = new FaultProxy(server);
    server.on("connection", (recorder) => proxy.#accept(recorder, cameraPort));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** How often somebody has connected. */
  get connections(): number {
    return this.#connections;
  }

  /** The address of a stream, led over this line. */
  url(cameraUrl: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy does not listen.");
    return cameraUrl.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${address.port}`);
  }

  /** From now on, until something else is said. */
  set(fault: Fault): void {
    this.#fault = fault;
    if (fault.kind === "cut") for (const line of this.#lines) reset(line);
    this.#changes.emit("changed");
  }

  async close(): Promise<void> {
    this.set({ kind: "cut" });
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(recorder: Socket, cameraPort: number): void {
    this.#connections++;
    const camera = connect({ port: cameraPort, host: "127.0.0.1" });
    const line = { recorder, camera };
    this.#lines.add(line);
    for (const socket of [recorder, camera]) {
      socket.setNoDelay(true);
      // Its other end, or we ourselves, have ended it: then the whole line ends.
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#lines.delete(line);
        recorder.destroy();
        camera.destroy();
      });
    }
    if (this.#fault.kind === "cut") {
      reset(line);
      return;
    }
    void this.#pump(camera, recorder, true);
    void this.#pump(recorder, camera, false);
  }

  async #pump(from: Socket, to: Socket, fromCamera: boolean): Promise<void> {
    try {
      let passed = Promise.resolve();
      for await (const chunk of from) {
        const arrivedMs = performance.now();
        passed = passed.then(() => this.#pass(chunk as Buffer, to, fromCamera, arrivedMs));
        passed.catch(() => {});
        // A line that only takes its time takes in what comes meanwhile.
        if (this.#fault.kind !== "jitter") await passed;
      }
      await passed;
      to.end();
    } catch {
      // The line was cut.
    }
  }

  async #pass(chunk: Buffer, to: Socket, fromCamera: boolean, arrivedMs: number): Promise<void> {
    while (this.#fault.kind === "stall") await once(this.#changes, "changed");
    const fault = this.#fault;
    if (fromCamera && fault.kind === "slow") {
      await this.#trickle(chunk, to, fault.bytesPerSecond);
      return;
    }
    if (fromCamera && fault.kind === "jitter")
      await delay(Math.max(0, arrivedMs + Math.random() * fault.maxMs - performance.now()));
    await send(to, fromCamera && fault.kind === "garbage" ? withGarbage(chunk, fault.everyBytes) : chunk);
  }

  /** In tenths of a second, until all is sent or the line is another one. */
  async #trickle(chunk: Buffer, to: Socket, bytesPerSecond: number): Promise<void> {
    const slow = this.#fault;
    const step = Math.max(1, Math.round(bytesPerSecond / 10));
    let sent = 0;
    for (; sent < chunk.length && this.#fault === slow; sent += step) {
      await send(to, chunk.subarray(sent, sent + step));
      await delay(100);
    }
    if (sent < chunk.length) await this.#pass(chunk.subarray(sent), to, true, performance.now());
  }
}

async function send(to: Socket, bytes: Buffer): Promise<void> {
  if (to.destroyed) throw new Error("The line is gone.");
  if (!to.write(bytes) && to.writableLength > HIGH_WATER_BYTES)
    await Promise.race([once(to, "drain"), once(to, "close")]);
}

function withGarbage(chunk: Buffer, everyBytes: number): Buffer {
  const bytes = Buffer.from(chunk);
  const faults = Math.floor(bytes.length / everyBytes + Math.random());
  for (let i = 0; i < faults; i++) {
    const at = Math.floor(Math.random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(Math.random() * 255));
  }
  if (faults === 0 || Math.random() > 0.2) return bytes;
  const at = Math.floor(Math.random() * bytes.length);
  return Buffer.concat([bytes.subarray(0, at), INSERTED, bytes.subarray(at)]);
}

function reset({ recorder, camera }: Line): void {
  recorder.resetAndDestroy();
  camera.resetAndDestroy();
}
