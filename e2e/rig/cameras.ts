import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Certificate } from "./certificate.ts";
import type { Scene } from "./scene.ts";
import { PYTHON } from "./tool.ts";

const PROGRAM = join(import.meta.dirname, "cameras.py");

export interface CameraAuth {
  readonly method: "digest" | "basic";
  readonly username: string;
  readonly password: string;
}

export interface CameraOptions {
  readonly scene: Scene;
  /** Scenes that follow as one stream, with another size of picture for instance; then the first one comes again. */
  readonly continuedBy?: readonly Scene[];
  /** Played at `subUrl`. */
  readonly sub?: Scene;
  readonly auth?: CameraAuth;
  /** What it lets clients choose. Default: both. */
  readonly transport?: "tcp" | "udp";
  /** At most so many clients at a time. Default: any number. */
  readonly sessions?: number;
  /** Its streams are `rtsps:`. */
  readonly tls?: Certificate;
}

/** A real RTSP camera that plays a scene in an endless loop: a process of its own, one timeline for all its clients. */
export class RigCamera {
  readonly scene: Scene;
  /** Wall time at which frame 0 was due. It stays the same when the camera goes away and comes back. */
  readonly epochMs = Date.now();
  readonly #options: CameraOptions;
  #port = 0;
  #process: ChildProcess | null = null;

  constructor(options: CameraOptions) {
    this.scene = options.scene;
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  /** `rtsp://127.0.0.1:<port>/main`, without credentials; the same after a restart. */
  get url(): string {
    return `${this.#options.tls === undefined ? "rtsp" : "rtsps"}://127.0.0.1:${this.#port}/main`;
  }

  get subUrl(): string {
    return this.url.replace(/main$/, "sub");
  }

  /** Listens when this has settled. */
  async start(): Promise<void> {
    const { scene, continuedBy = [], sub, auth, transport, sessions, tls } = this.#options;
    const settings = {
      streams: [
        { path: "/main", videos: [scene, ...continuedBy].map((one) => one.videoFile), sound: sound(scene) },
        ...(sub === undefined ? [] : [{ path: "/sub", videos: [sub.videoFile], sound: sound(sub) }]),
      ],
      port: this.#port,
      epochMs: this.epochMs,
      auth: auth ?? null,
      transport: transport ?? "any",
      sessions: sessions ?? 0,
      tls: tls ?? null,
    };
    const child = spawn(PYTHON, [PROGRAM], { stdio: ["pipe", "pipe", "pipe"] });
    this.#process = child;
    // Stays open: the camera ends when this process does, however that ends.
    child.stdin.write(`${JSON.stringify(settings)}\n`);
    const messages: string[] = [];
    child.stderr.on("data", (chunk: Buffer) => messages.push(chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      this.#port = (JSON.parse(line) as { port: number }).port;
      return;
    }
    throw new Error(`The RTSP camera did not start:\n${messages.join("")}`);
  }

  /** Gone like a camera whose power was cut: every connection is closed, and its port refuses. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "close");
  }

  /** Says nothing more, but keeps its connections: a camera that hangs. `start` is not the way back; `thaw` is. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }
}

function sound({ audio, soundFile }: Scene) {
  return soundFile === null ? null : { encoding: audio, file: soundFile };
}

/** Wall time, nearest to `nearMs`, at which a camera had to send frame `number` of its scene. */
export function frameDueMs(camera: { scene: Scene; epochMs: number }, number: number, nearMs: number): number {
  const { frames, fps } = camera.scene;
  const turnMs = (frames / fps) * 1000;
  const firstMs = camera.epochMs + (number / fps) * 1000;
  return firstMs + Math.round((nearMs - firstMs) / turnMs) * turnMs;
}

/** Starts one camera for each of `options`, all at once. */
export async function startCameras(options: readonly CameraOptions[]): Promise<RigCamera[]> {
  const cameras = options.map((one) => new RigCamera(one));
  await Promise.all(cameras.map((camera) => camera.start()));
  return cameras;
}

export async function stopCameras(cameras: readonly RigCamera[]): Promise<void> {
  await Promise.all(cameras.map((camera) => camera.stop()));
}
